/**
 * Custom error responses. Facts: data plane 4.4. What a viewer then sees is decided in core/viewer-response.
 */
import { ApiError } from '../../wire/types.ts';
import { items } from '../filled-config.ts';
import type { FilledConfig } from '../filled-config.ts';
import { firstRepeated, invalidArgument } from './references.ts';

const ERROR_CODES: readonly number[] = [400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504];
const RESPONSE_CODES: ReadonlySet<string> = new Set(['200', ...ERROR_CODES.map(String)]);

export function validateCustomErrorResponses(config: FilledConfig): void {
  const responses = items(config.CustomErrorResponses);
  for (const { ErrorCode, ResponseCode: code = '', ResponsePagePath: path = '', ErrorCachingMinTTL: ttl = 0 } of responses) {
    if (!ERROR_CODES.includes(ErrorCode)) {
      throw new ApiError('InvalidErrorCode', `An invalid error code was specified: ${ErrorCode}.`, 400);
    }
    if ((code === '') !== (path === '')) {
      throw invalidArgument(
        `The parameters ResponsePagePath and ResponseCode of error code ${ErrorCode} must be specified together.`,
      );
    }
    if (code !== '' && !RESPONSE_CODES.has(code)) {
      throw new ApiError('InvalidResponseCode', `A response code is not valid: ${code}.`, 400);
    }
    if (path !== '' && (!path.startsWith('/') || path.length > 4096 || /\s/.test(path))) {
      throw invalidArgument(`The parameter ResponsePagePath must begin with a slash (/): ${path}`);
    }
    if (!(ttl >= 0)) throw invalidArgument('The parameter ErrorCachingMinTTL must not be negative.');
  }
  const repeated = firstRepeated(responses.map(({ ErrorCode }) => String(ErrorCode)));
  if (repeated !== undefined) throw invalidArgument(`The parameter ErrorCode ${repeated} is used more than once.`);
}
