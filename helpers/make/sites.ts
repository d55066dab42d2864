/** A site of nginx at port 80 that answers at `/` with the address of whoever asks: what a server sees of its client. */
export const tellsWhoAsks = 'server { listen 80; listen [::]:80; root /usr/share/nginx/html; location = / { return 200 "$remote_addr"; } }';

/**
 * The part of a server's body (`make.server`) by which its nginx has these sites, and not its usual page.
 * @param sites server blocks of nginx's configuration, without single quotes; one of them must listen at port 80, with the root of the usual page
 */
export function serving(...sites: readonly string[]): { Entrypoint: readonly string[] } {
  return { Entrypoint: ['sh', '-c', `echo '${sites.join('\n')}' >/etc/nginx/conf.d/default.conf; exec "$@"`, 'sh'] };
}
