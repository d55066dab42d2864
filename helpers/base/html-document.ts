import { createHash } from 'node:crypto';
import { escapeMarkup } from './text';

/** What a page is made of. */
interface Parts {
  /** not yet escaped */
  title: string;
  style: string;
  /** without it none may run */
  script?: string;
  /** markup */
  body: string;
}

/** A self-contained page: it loads nothing, and nothing runs or looks otherwise than by its own script and style. */
export function htmlDocument({ title, style, script, body }: Parts): string {
  const scripts = script === undefined ? '' : ` script-src '${digest(script)}';`;
  const policy = `default-src 'none'; style-src '${digest(style)}';${scripts} img-src data:; base-uri 'none'; form-action 'none'`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<title>${escapeMarkup(title)}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
${script === undefined ? '' : `<script>${script}</script>\n`}</head>
<body>
${body}
</body>
</html>
`;
}

/** What a Content-Security-Policy calls an inline script or style. */
function digest(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
