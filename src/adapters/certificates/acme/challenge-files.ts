/**
 * Answers to HTTP-01 challenges (RFC 8555 8.3) while an order is under way: written by whoever orders, read by every process that serves
 * viewers, hence files. They are no secrets: the authority reads them over clear text.
 *
 *   <data>/certificates/acme/challenges/<token>     the key authorization
 */
import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { writeText } from '../certificate-files.ts';

export interface ChallengeFiles {
  put(token: string, answer: string): Promise<void>;
  remove(token: string): Promise<void>;
  /** Undefined for a token that is not ours. Asked while a viewer waits; never throws. */
  answerTo(token: string): string | undefined;
}

/** RFC 8555 8.3: base64url, and at least 128 bits of it. */
const TOKEN = /^[A-Za-z0-9_-]{16,256}$/;

export function challengeFiles(data: string): ChallengeFiles {
  const folder = join(data, 'certificates', 'acme', 'challenges');
  const pathOf = (token: string): string => {
    if (!TOKEN.test(token)) throw new Error(`"${token}" is no token of a challenge`);
    return join(folder, token);
  };
  return {
    put: (token, answer) => writeText(pathOf(token), answer, 0o600, 'make the data directory writable'),
    remove: (token) => rm(pathOf(token), { force: true }),
    answerTo(token) {
      if (!TOKEN.test(token)) return undefined;
      try {
        return readFileSync(join(folder, token), 'utf8');
      } catch {
        // Nobody has asked for it here: the edge answers.
        return undefined;
      }
    },
  };
}
