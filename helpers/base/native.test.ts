import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';

describe('native', () => {
  it('must load a package from its real place after a look at a pipe, where its dependencies are', () => {
    const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'native-')));
    try {
      const place = path.join(folder, 'store', 'linked');
      mkdirSync(place, { recursive: true });
      writeFileSync(path.join(place, 'index.js'), 'module.exports = __dirname;\n');
      mkdirSync(path.join(folder, 'node_modules'));
      const link = path.join(folder, 'node_modules', 'linked');
      symlinkSync(place, link);
      const pipe = path.join(folder, 'pipe');
      execFileSync('mkfifo', [pipe]);
      // of Node's own module system, which Jest's replaces here
      const script = `const { native } = require('./helpers/loader')(${JSON.stringify(__dirname)}, 'native');
        native(${JSON.stringify(folder + '/store/linked/index.js')});
        require('node:fs').statSync(${JSON.stringify(pipe)});
        process.stdout.write(native(${JSON.stringify(path.join(link, 'index.js'))}));`;
      expect(execFileSync(process.execPath, ['-e', script], { encoding: 'utf8' })).toBe(place);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
