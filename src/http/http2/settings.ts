/**
 * What SETTINGS say, and which values nobody may say: RFC 9113 6.5.1 and 6.5.2, RFC 9218 2.1.
 */
import type { Bytes } from '../../model/units.ts';
import { H2_ERROR, WINDOW_LIMIT, type H2Error } from './frames.ts';

export const SETTING = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
  noRfc7540Priorities: 9,
} as const;

/** RFC 9113 6.5.2. */
const LARGEST_FRAME_LIMIT: Bytes = 2 ** 24 - 1;
const SMALLEST_FRAME_LIMIT: Bytes = 2 ** 14;

/** Octets of one setting: an identifier of two, a value of four. */
export const SETTING_SIZE: Bytes = 6;

/** What of a viewer's settings a server that pushes nothing and keeps no table has to heed. */
export type SettingsRead =
  | { readonly kind: 'settings'; readonly initialWindow: Bytes | undefined }
  | { readonly kind: 'error'; readonly code: H2Error };

/** The payload of a SETTINGS frame without ACK. RFC 9113 6.5.3: in order, so that the last of a kind holds. */
export function readSettings(octets: Uint8Array, from: number, to: number): SettingsRead {
  if ((to - from) % SETTING_SIZE !== 0) return { kind: 'error', code: H2_ERROR.frameSize };
  let initialWindow: Bytes | undefined;
  for (let at = from; at < to; at += SETTING_SIZE) {
    const id = octets[at]! * 256 + octets[at + 1]!;
    const value = octets[at + 2]! * 2 ** 24 + octets[at + 3]! * 2 ** 16 + octets[at + 4]! * 2 ** 8 + octets[at + 5]!;
    const code = settingError(id, value);
    if (code !== undefined) return { kind: 'error', code };
    if (id === SETTING.initialWindowSize) initialWindow = value;
  }
  return { kind: 'settings', initialWindow };
}

/** RFC 9113 6.5.2: settings that are not known are ignored. */
function settingError(id: number, value: number): H2Error | undefined {
  switch (id) {
    case SETTING.enablePush:
    case SETTING.noRfc7540Priorities:
      return value > 1 ? H2_ERROR.protocol : undefined;
    case SETTING.initialWindowSize:
      return value > WINDOW_LIMIT ? H2_ERROR.flowControl : undefined;
    case SETTING.maxFrameSize:
      return value < SMALLEST_FRAME_LIMIT || value > LARGEST_FRAME_LIMIT ? H2_ERROR.protocol : undefined;
    default:
      return undefined;
  }
}
