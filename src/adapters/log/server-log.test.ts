import { describe, expect, test } from 'bun:test';
import { createServerLog, type LogLevel, type ServerLog, type ServerLogOptions } from './server-log.ts';

function start(options: Partial<ServerLogOptions> = {}) {
  const lines: string[] = [];
  const clock = { now: Date.UTC(2026, 0, 2, 3, 4, 5, 678) };
  const log = createServerLog({
    format: 'text',
    level: 'info',
    now: () => clock.now,
    write: (line) => lines.push(line),
    ...options,
  });
  return { log, lines, clock };
}

describe('as text', () => {
  const rows: [name: string, tell: (log: ServerLog) => void, want: string][] = [
    ['a piece of news', (log) => log.info('stopping'), 'warmfront: stopping'],
    ['with its cause', (log) => log.warning('no disk', new Error('it is full')), 'warmfront: warning: no disk: it is full'],
    ['a cause that is no Error', (log) => log.error('failed', 'so'), 'warmfront: error: failed: so'],
    [
      'lines that are quoted look like no message',
      (log) => log.warning('got "a\nwarmfront: error: b\r\nc"'),
      'warmfront: warning: got "a\n    warmfront: error: b\n    c"',
    ],
    [
      'nothing paints the terminal',
      (log) => log.warning('\u001b[2Jx\u0000\u009b\r'),
      String.raw`warmfront: warning: \x1b[2Jx\x00\x9b\x0d`,
    ],
    ['secrets', (log) => log.error('sent', new Error('cookie: a=1')), 'warmfront: error: sent: cookie: [redacted]'],
  ];
  test.each(rows)('%s', (_, tell, want) => {
    const { log, lines } = start();
    tell(log);
    expect(lines).toEqual([want]);
  });
});

test('as JSON: one line, parsed by anybody, with the stack of our own mistakes', () => {
  const { log, lines } = start({ format: 'json' });
  log.warning('a\n"b"', new Error('token=abc'));
  log.error('c', new TypeError('d'));
  expect(lines.map((line) => line.includes('\n'))).toEqual([false, false]);
  const time = '2026-01-02T03:04:05.678Z';
  const { pid } = process;
  expect(JSON.parse(lines[0]!)).toEqual({ time, level: 'warning', message: 'a\n"b"', pid, error: 'token=[redacted]' });
  const stack: unknown = expect.stringContaining('server-log.test.ts');
  expect(JSON.parse(lines[1]!)).toEqual({ time, level: 'error', message: 'c', pid, error: 'd', stack });
});

test('the journal is told the priority', () => {
  const { log, lines } = start({ toJournal: true });
  log.error('a');
  log.info('b');
  expect(lines).toEqual(['<3>warmfront: error: a', '<6>warmfront: b']);
});

describe('a level keeps what is below it out, and counts it all the same', () => {
  const rows: [level: LogLevel, want: string[]][] = [
    ['error', ['warmfront: error: e']],
    ['warning', ['warmfront: error: e', 'warmfront: warning: w']],
    ['info', ['warmfront: error: e', 'warmfront: warning: w', 'warmfront: i']],
  ];
  test.each(rows)('%s', (level, want) => {
    const { log, lines } = start({ level });
    log.error('e');
    log.warning('w');
    log.info('i');
    expect(lines).toEqual(want);
    expect(log.read().warmfront_log_messages_total?.map(({ value }) => value)).toEqual([1, 1, 1]);
  });
});

test('a flood is cut, and said to have been', () => {
  const { log, lines, clock } = start();
  for (let count = 0; count < 250; count += 1) log.warning('again');
  expect(lines).toHaveLength(100);
  clock.now += 1000;
  log.info('calm');
  expect(lines.slice(100)).toEqual([
    'warmfront: warning: 150 messages were left out: more than 100 in one second',
    'warmfront: calm',
  ]);
});
