/**
 * What the one-file binary holds of others, with their licences: every package of package-lock.json that is not for development alone, Bun,
 * and what NOTICE says (the database of countries among it). A package whose licence text cannot be found stops the build; that of QuickJS
 * is in the package that brings it.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface LockedPackage {
  /** Where it is installed, from the root. */
  readonly path: string;
  readonly name: string;
  readonly version: string;
  readonly license: string;
}

interface LockFile {
  readonly packages: Readonly<
    Record<string, { readonly version: string; readonly license?: string; readonly dev?: boolean; readonly optional?: boolean }>
  >;
}

const LICENSE_FILE = /licen[cs]e|copying|notice/i;
/** The packages of Bun bring no text. */
const BUN = /^(?:bun|@oven\/bun-.+)$/;

/** What an installation for production consists of on this machine. */
export function productionPackages(root: string): readonly LockedPackage[] {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as LockFile;
  return Object.entries(packages)
    .filter(([path, { dev, optional }]) => path !== '' && dev !== true && (optional !== true || existsSync(join(root, path))))
    .map(([path, { version, license = 'not said' }]) => ({
      path,
      name: path.replace(/^.*node_modules\//, ''),
      version,
      license,
    }));
}

/** Throws an Error that names the package without a licence text. */
export function thirdPartyLicenses(root: string): string {
  const parts = productionPackages(root).map((one) => `${one.name} ${one.version} (${one.license})\n\n${licenseText(root, one)}`);
  return [readFileSync(join(root, 'NOTICE'), 'utf8').trim(), ...parts].join(`\n\n${'-'.repeat(80)}\n`) + '\n';
}

function licenseText(root: string, { path, name }: LockedPackage): string {
  if (BUN.test(name)) return readFileSync(join(root, 'tools/licenses/bun.txt'), 'utf8').trim();
  const folder = join(root, path);
  const files = readdirSync(folder).filter((file) => LICENSE_FILE.test(file));
  if (files.length > 0) return files.map((file) => readFileSync(join(folder, file), 'utf8').trim()).join('\n\n');
  // Some say it in their README alone.
  const readme = existsSync(join(folder, 'README.md')) ? readFileSync(join(folder, 'README.md'), 'utf8') : '';
  const section = /^(?:#+ *)?licen[cs]e *\n-*([\s\S]+)/im.exec(readme)?.[1]?.trim();
  if (section === undefined || !section.includes('Copyright')) throw new Error(`${name}: no licence text in ${folder}`);
  return section;
}
