/** A reload takes over what the workers alone are made of; the rest stays, and is named. */
import { expect, test } from 'bun:test';
import { readSettings } from '../cli/read-settings.ts';
import { changedSettings } from './changed-settings.ts';

const read = (environment: Record<string, string>) =>
  readSettings({ settings: new Map(), config: undefined }, environment, '/').settings;

test('what changes, what stays', () => {
  const running = read({ WARMFRONT_MEMORY: '1GB', WARMFRONT_HTTP_PORT: '81' });
  const again = read({ WARMFRONT_MEMORY: '2GB', WARMFRONT_HTTP_PORT: '82', WARMFRONT_WORKERS: '3' });
  const { settings, warnings } = changedSettings(running, again);
  expect(settings).toEqual({ ...running, memory: again.memory, workers: 3 });
  expect(warnings).toEqual(['--http-port has changed and needs a new start']);
  expect(changedSettings(running, running)).toEqual({ settings: running, warnings: [] });
});
