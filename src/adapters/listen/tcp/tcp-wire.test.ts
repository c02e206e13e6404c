import { describe, expect, test } from 'bun:test';
import { SECOND } from '../../../model/units.ts';
import type { Lane } from '../wire.ts';
import { TcpWire, type ViewerSocket } from './tcp-wire.ts';

/** A wire whose kernel takes so many octets of each write, and what happened to the socket. */
function wireTaking(octets: number) {
  const kernel = { takes: octets, did: [] as string[] };
  const did = (what: string) => () => void kernel.did.push(what);
  const socket = {
    write: (_octets: Uint8Array, _from: number, length: number) => Math.min(length, kernel.takes),
    shutdown: did('shut down'),
    terminate: did('terminated'),
    end: did('ended'),
  } as unknown as ViewerSocket;
  let time = 0;
  const wire = new TcpWire(socket, '192.0.2.1', 1, undefined, () => time);
  const heard: string[] = [];
  const hear = (what: string) => () => void heard.push(what);
  const lane: Lane = {
    receive: () => undefined,
    ended: hear('ended'),
    drained: hear('drained'),
    expired: hear('expired'),
    retire: () => undefined,
    closed: hear('closed'),
    isIdle: true,
  };
  wire.lane = lane;
  const pass = (seconds: number): void => {
    for (let second = 0; second < seconds; second++) {
      time += SECOND;
      wire.tick(time);
    }
  };
  return { wire, kernel, heard, pass };
}

describe('the end of a wire', () => {
  test('with nothing left: half-closed, then closed', () => {
    const { wire, kernel, heard, pass } = wireTaking(Infinity);
    wire.send(new Uint8Array(100));
    wire.end();
    expect(kernel.did).toEqual(['shut down']);
    pass(3);
    expect([kernel.did, heard]).toEqual([['shut down', 'ended'], ['closed']]);
  });

  test('last words that nobody takes: cut off', () => {
    const { wire, kernel, heard, pass } = wireTaking(0);
    wire.send(new Uint8Array(100_000));
    wire.end();
    pass(29);
    expect(kernel.did).toEqual([]);
    pass(2);
    expect([kernel.did, heard]).toEqual([['terminated'], ['closed']]);
  });

  test('last words that are taken slowly: waited for', () => {
    const { wire, kernel, pass } = wireTaking(0);
    wire.send(new Uint8Array(100_000));
    wire.end();
    for (let turn = 0; turn < 10; turn++) {
      kernel.takes = 5_000;
      wire.drain();
      pass(25);
    }
    expect(kernel.did).toEqual([]);
    kernel.takes = 100_000;
    wire.drain();
    expect(kernel.did).toEqual(['shut down']);
  });
});
