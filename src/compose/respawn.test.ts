/** A worker that dies is replaced at once; those that keep dying young are given more and more time. */
import { expect, test } from 'bun:test';
import { decideRespawn, GROWN_UP } from './respawn.ts';

const YOUNG = GROWN_UP - 1;

const rows: [name: string, youngDeaths: number, lived: number, delay: number, isLoop: boolean][] = [
  ['the first to die young', 0, YOUNG, 0, false],
  ['the second', 1, YOUNG, 250, false],
  ['the third', 2, YOUNG, 500, true],
  ['the tenth', 9, YOUNG, 30_000, true],
  ['whatever number, there is a longest delay', 1000, 0, 30_000, true],
  ['one that lived ends the row', 9, GROWN_UP, 0, false],
];
test.each(rows)('%s', (_, youngDeaths, lived, delay, isLoop) => {
  expect(decideRespawn({ youngDeaths }, 1000, 1000 + lived)).toMatchObject({ delay, isLoop });
});
