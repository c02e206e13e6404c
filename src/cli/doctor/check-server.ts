/**
 * The running Warmfront, if there is one: does it answer, is it ready, is it this version, have all edges the configuration that was
 * published last? And the runtime it runs on.
 */
import packageJson from '../../../package.json' with { type: 'json' };
import { ok, problem, warning, type Finding } from './finding.ts';
import type { Patient } from './patient.ts';

export function checkServer({ settings, record, isRunning, answer }: Patient): readonly Finding[] {
  if (record === undefined) return [ok('server', `has not been started with ${settings.data} yet`)];
  if (!isRunning || answer === undefined) return [ok('server', 'does not run')];
  const { pid, version } = record;
  if (typeof answer === 'string') {
    const advice = `look at its log; if it hangs, end process ${pid} and start it again`;
    return [problem('server', `process ${pid} runs and does not answer: ${answer}`, advice)];
  }
  const { health, status } = answer;
  const findings: Finding[] = [
    health.ready
      ? ok('server', `runs as process ${pid}, version ${version}, and is ready`)
      : warning('server', `runs as process ${pid} and is not ready yet`, 'wait, and look at its log'),
  ];
  if (version !== packageJson.version) {
    findings.push(warning('version', `${version} runs, ${packageJson.version} is installed`, 'restart it to upgrade'));
  }
  for (const { id, snapshotVersion } of health.edges.filter((edge) => edge.snapshotVersion < health.snapshotVersion)) {
    const found = `has configuration ${snapshotVersion}, ${health.snapshotVersion} is published`;
    findings.push(warning(`edge ${id}`, found, 'if it stays so, look at the log of that edge'));
  }
  for (const { id, warnings } of status.distributions) {
    for (const text of warnings) findings.push(warning(`distribution ${id}`, text, 'see docs/reference/not-served-yet.md'));
  }
  return findings;
}

/** Ours: what the tests run with is what the package asks for. */
export function checkRuntime(running = Bun.version, tested: string = packageJson.dependencies.bun): readonly Finding[] {
  return running === tested
    ? [ok('Bun', running)]
    : [warning('Bun', `${running}; Warmfront is tested with ${tested}`, `install bun ${tested}, or run npm ci`)];
}
