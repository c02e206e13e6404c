/** What the figures were measured on and with: a figure without these is a rumour. */
import { cpus, release, totalmem } from 'node:os';
import { versionOf, type BenchServer } from './servers/server.ts';

export function machineLines(servers: readonly Pick<BenchServer, 'name' | 'version'>[]): readonly string[] {
  const { model = 'unknown' } = cpus()[0] ?? {};
  const tools = `wrk ${versionOf(['wrk', '-v'])}, h2load ${versionOf(['h2load', '--version'])}`;
  return [
    `Machine: ${cpus().length} x ${model.trim()}, ${Math.round(totalmem() / 1024 ** 3)} GB, Linux ${release()}.`,
    `Servers: ${servers.map(({ name, version }) => `${name} ${version}`).join(', ')}; Bun ${Bun.version}. Load: ${tools}.`,
    `Commit: ${commit()}.`,
  ];
}

function commit(): string {
  const git = (...words: readonly string[]): string =>
    Bun.spawnSync(['git', ...words], { cwd: import.meta.dir })
      .stdout.toString()
      .trim();
  const changed = git('status', '--porcelain', '--untracked-files=no');
  return `${git('rev-parse', '--short=12', 'HEAD')}${changed === '' ? '' : ' with changes that are not committed'}`;
}
