/**
 * Whom the doctor looks at: the settings `up` would start with here, and the Warmfront that runs with this data directory, if one does.
 */
import type { Health, Status } from '../../model/admin.ts';
import type { Settings } from '../../tables/settings.ts';
import type { RunRecord } from '../run-record.ts';

export interface Patient {
  readonly settings: Settings;
  /** Of the last start with this data directory; undefined before the first, or where the file cannot be read. */
  readonly record: RunRecord | undefined;
  /** The process of the record lives. */
  readonly isRunning: boolean;
  /** What it says of itself; a sentence where it runs and says nothing. */
  readonly answer: { readonly health: Health; readonly status: Status } | string | undefined;
}
