/**
 * `npm run build`: dist/warmfront, one file that holds Warmfront, Bun and the database of countries, and needs nothing beside it. It is
 * started as bin/warmfront starts Bun: nothing in the directory of the caller changes what runs. test/packaging tries it out.
 * dist/THIRD-PARTY-LICENSES goes wherever the file goes.
 */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { thirdPartyLicenses } from './third-party-licenses.ts';

const ROOT = join(import.meta.dir, '..');
const OUTFILE = join(ROOT, 'dist/warmfront');

const built = await Bun.build({
  entrypoints: [join(ROOT, 'tools/one-file.ts')],
  // Stack traces name our files.
  sourcemap: 'inline',
  compile: {
    outfile: OUTFILE,
    // CloudFront: request headers may hold 32,768 bytes, the request line as much again.
    execArgv: ['--max-http-header-size=65536'],
    autoloadDotenv: false,
    autoloadBunfig: false,
    autoloadTsconfig: false,
    autoloadPackageJson: false,
  },
});
for (const message of built.logs) console.error(message);
// The map is in the binary, too.
rmSync(`${OUTFILE}.map`, { force: true });
writeFileSync(join(ROOT, 'dist/THIRD-PARTY-LICENSES'), thirdPartyLicenses(ROOT));
console.log(`${OUTFILE}: ${(Bun.file(OUTFILE).size / 1024 / 1024).toFixed(0)} MB`);
