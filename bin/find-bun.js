/**
 * Where is Bun? The npm package `bun` keeps its binary in an optional package per platform (`@oven/bun-<platform>`); its install
 * script moves it to `bun/bin/bun.exe`. npm may block that script, so both places are looked at, and BUN on PATH last.
 * Plain JavaScript: it runs on Node before Bun is known. How it is started: run-bun.js.
 */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { delimiter, dirname, join } from 'node:path';

/** Smaller than any Bun, larger than the text that stands in for the binary when install scripts are blocked. */
const SMALLEST_BINARY = 1024 * 1024;

/**
 * The path of a Bun executable, or undefined.
 * @returns {string | undefined}
 */
export function findBun() {
  if (process.versions.bun !== undefined) return process.execPath;
  return [
    ...platformPackages().map((name) => inPackage(name, 'bin', executable('bun'))),
    inPackage('bun', 'bin', 'bun.exe'),
    ...onPath(),
  ].find(isBinary);
}

function platformPackages() {
  const arch = process.arch === 'arm64' ? 'aarch64' : process.arch;
  const name = `@oven/bun-${process.platform === 'win32' ? 'windows' : process.platform}-${arch}`;
  const musl =
    process.platform === 'linux' && existsSync('/lib') && readdirSync('/lib').some((file) => file.startsWith('ld-musl-'));
  return musl ? [`${name}-musl`, name] : [name, `${name}-musl`];
}

/**
 * @param {string} name a package
 * @param {string[]} path inside it
 */
function inPackage(name, ...path) {
  try {
    // An optional package may be installed beside us or below the package `bun`.
    const require = createRequire(import.meta.url);
    const fromBun = createRequire(require.resolve('bun/package.json'));
    return join(dirname(fromBun.resolve(`${name}/package.json`)), ...path);
  } catch {
    return undefined;
  }
}

function onPath() {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((directory) => directory !== '')
    .map((directory) => join(directory, executable('bun')));
}

/** @param {string} name */
function executable(name) {
  return process.platform === 'win32' ? `${name}.exe` : name;
}

/** @param {string | undefined} path */
function isBinary(path) {
  return path !== undefined && existsSync(path) && statSync(path).isFile() && statSync(path).size > SMALLEST_BINARY;
}
