import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createSecureContext } from 'node:tls';

import { UserError } from '../base/user-error';
import type { TlsMaterial } from './endpoint';

/**
 * Reads ca.pem, cert.pem and key.pem of a directory. The CLI (docker/cli, cli/flags/options.go) needs ca.pem even where
 * nothing is verified, and takes absent cert.pem and key.pem for "no client certificate". One of the two without the other
 * it passes over in silence; here it is an error, because the server's refusal would not name the cause.
 *
 * @param verify whether the server's certificate is checked
 * @param wantedBy the setting that asks for TLS, for messages
 * @throws UserError when a file that is needed is missing or is not what its name says
 */
export async function readTlsDirectory(directory: string, verify: boolean, wantedBy: string): Promise<TlsMaterial> {
  const tls = await readTlsFiles(directory, verify);
  if (tls.ca) return tls;
  throw new UserError(
    `${wantedBy} asks for TLS, but ${path.join(directory, 'ca.pem')} does not exist.`,
    'Set DOCKER_CERT_PATH to the directory with ca.pem, cert.pem and key.pem, or unset DOCKER_TLS_VERIFY and DOCKER_TLS.',
  );
}

/**
 * The TLS files of a context, where each may be absent (docker/cli, cli/context/tlsdata.go `LoadTLSData`).
 *
 * @returns undefined when there are none and nothing is to be skipped: then the connection is plain
 * @throws UserError when a file is not what its name says
 */
export async function readContextTls(directory: string, skipVerify: boolean): Promise<TlsMaterial | undefined> {
  const tls = await readTlsFiles(directory, !skipVerify);
  return tls.ca || tls.cert || skipVerify ? tls : undefined;
}

async function readTlsFiles(directory: string, verify: boolean): Promise<TlsMaterial> {
  const [ca, cert, key] = await Promise.all(['ca.pem', 'cert.pem', 'key.pem'].map((name) => readIfThere(path.join(directory, name))));
  if ((cert === undefined) !== (key === undefined)) {
    const [there, missing] = cert ? ['cert.pem', 'key.pem'] : ['key.pem', 'cert.pem'];
    throw new UserError(
      `${directory} has ${there} but no ${missing}; a client certificate needs both.`,
      `Add ${missing}, or remove ${there}.`,
    );
  }
  try {
    // createSecureContext accepts any bytes as a CA and would say at the handshake that the server's is unknown
    if (ca) new X509Certificate(ca);
    createSecureContext({ cert, key });
  } catch (error) {
    throw new UserError(
      `The TLS files in ${directory} cannot be used: ${(error as Error).message}.`,
      'Check with "openssl x509 -in FILE -noout" that ca.pem and cert.pem are PEM certificates and that key.pem is the unencrypted key of cert.pem.',
      undefined,
      { cause: error },
    );
  }
  return { directory: path.resolve(directory), verify, ...(ca && { ca }), ...(cert && { cert }), ...(key && { key }) };
}

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file);
  } catch (error) {
    // ENOTDIR: the directory that was named is a file
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw new UserError(`${file} cannot be read: ${(error as Error).message}.`, 'Make the file readable for this user.', undefined, {
      cause: error,
    });
  }
}
