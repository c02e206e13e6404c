/**
 * Everything the doctor looks at, in the order it is told: the server, what it stands on, what viewers need. A check that itself fails is a
 * finding, too: what it could not look at is not known to be well.
 */
import type { Settings } from '../../tables/settings.ts';
import { connect } from '../control-client.ts';
import { isRunning, readRunRecord, type RunRecord } from '../run-record.ts';
import { checkCertificates } from './check-certificates.ts';
import { checkClock } from './check-clock.ts';
import { checkDataDirectory } from './check-data-directory.ts';
import { checkKernel } from './check-kernel.ts';
import { checkNames } from './check-names.ts';
import { checkPorts } from './check-ports.ts';
import { checkRoom } from './check-room.ts';
import { checkRuntime, checkServer } from './check-server.ts';
import { checkState } from './check-state.ts';
import { problem, type Finding } from './finding.ts';
import type { Patient } from './patient.ts';
import { sentence } from '../../model/sentence.ts';

export async function examine(
  settings: Settings,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<readonly Finding[]> {
  const patient = await visit(settings);
  const checks: readonly (readonly [subject: string, run: () => Finding | readonly Finding[] | Promise<readonly Finding[]>])[] = [
    ['server', () => checkServer(patient)],
    ['Bun', () => checkRuntime()],
    ['ports', () => checkPorts(patient)],
    ['data directory', () => checkDataDirectory(settings.data)],
    ['state', () => checkState(patient)],
    ['room', () => checkRoom(patient)],
    ['clock', () => checkClock(settings.data)],
    ['certificates', () => checkCertificates(patient, environment)],
    ['names', () => checkNames(patient)],
    ['kernel', () => checkKernel()],
  ];
  const found: (Finding | readonly Finding[])[] = [];
  for (const [subject, run] of checks) {
    try {
      found.push(await run());
    } catch (error) {
      found.push(problem(subject, `could not be looked at: ${sentence(error)}`, 'put that right and ask again'));
    }
  }
  return found.flat();
}

async function visit(settings: Settings): Promise<Patient> {
  const record = recordOf(settings.data);
  if (record === undefined || !isRunning(record)) return { settings, record, isRunning: false, answer: undefined };
  try {
    const client = connect(settings.data);
    const [health, status] = await Promise.all([client.health(), client.status()]);
    return { settings, record, isRunning: true, answer: { health, status } };
  } catch (error) {
    return { settings, record, isRunning: true, answer: sentence(error) };
  }
}

/** A damaged record is replaced at the next start; who may not read it sees that in the directory's own row. */
function recordOf(data: string): RunRecord | undefined {
  try {
    return readRunRecord(data);
  } catch {
    return undefined;
  }
}
