/**
 * All techniques that are tried.
 */
import { DECEPTIONS, LEAKS } from './deceptions.ts';
import { HEADERS } from './headers.ts';
import { QUERIES } from './queries.ts';
import type { Case } from './technique.ts';
import { HOSTS, OTHERS, SMUGGLED } from './wire.ts';

export const CASES: readonly Case[] = [...HEADERS, ...QUERIES, ...HOSTS, ...SMUGGLED, ...DECEPTIONS, ...LEAKS, ...OTHERS];
