import type { Suite } from '../../../fixtures/engines';

/** How Chromium is put together from Debian's packages. */
export interface BrowserRecipe {
  readonly suite: Suite;
  readonly packages: readonly string[];
  /** packages that depend on nothing here at run time, beside `unusedPackages` */
  readonly leftOut: readonly string[];
  /** patterns of tar, beside `unusedPaths` */
  readonly excluded: readonly string[];
  /** what stands in for the files of a package, by path */
  readonly files: Readonly<Record<string, string>>;
}

/**
 * Two families for Latin and one for Korean, in an order that no package of the machine changes. What fontconfig
 * computes goes to the browser's own folder.
 */
const fontsConf = `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>/usr/share/fonts</dir>
  <cachedir prefix="xdg">fontconfig</cachedir>
  <alias><family>sans-serif</family><prefer><family>DejaVu Sans</family><family>NanumGothic</family></prefer></alias>
  <alias><family>system-ui</family><prefer><family>DejaVu Sans</family><family>NanumGothic</family></prefer></alias>
  <alias><family>serif</family><prefer><family>DejaVu Serif</family><family>NanumGothic</family></prefer></alias>
  <alias><family>monospace</family><prefer><family>DejaVu Sans Mono</family><family>NanumGothic</family></prefer></alias>
</fontconfig>
`;

/**
 * The build of Chromium that has no window, with fonts for the two languages of the report. Bookworm's is the smallest
 * and the soonest ready: 122 MB to download and 280 in the cache, where trixie takes 138 and 302, and forky 139 and 315.
 */
export const chromium: BrowserRecipe = {
  suite: { name: 'bookworm', current: true },
  packages: ['chromium-headless-shell', 'fonts-dejavu-core', 'fonts-nanum'],
  // drivers of graphics cards with what these need, the store of certificates, and programs of a desktop
  leftOut: ['libgl1-mesa-dri', 'libicu72', 'libllvm15', 'libsqlite3-0', 'libxml2', 'libz3-4', 'x11-utils', 'xdg-utils'],
  excluded: [
    ...['libVk*', 'resources.pak', 'chrome_*', 'locales', 'libvk_swiftshader*'].map((name) => `./usr/lib/chromium/${name}`),
    // one Korean family is enough
    ...['Barun', 'GothicCoding', 'Myeongjo', 'Square'].map((name) => `*/Nanum${name}*`),
    './etc/fonts',
  ],
  files: { 'etc/fonts/fonts.conf': fontsConf },
};
