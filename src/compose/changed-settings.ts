/**
 * The settings as they have been read again, held against those that Warmfront runs with: what a reload takes over, and what it cannot
 * (`needsRestart` in tables/settings.ts).
 */
import type { Setting } from '../tables/setting-kinds.ts';
import { flagName, SETTING_NAMES, SETTINGS, type Settings } from '../tables/settings.ts';

export interface ChangedSettings {
  readonly settings: Settings;
  /** Sentences about what is not taken over. */
  readonly warnings: readonly string[];
}

export function changedSettings(running: Settings, read: Settings): ChangedSettings {
  const lasting = SETTING_NAMES.filter((name) => (SETTINGS[name] as Setting<unknown>).needsRestart === true);
  const waiting = lasting.filter((name) => JSON.stringify(running[name]) !== JSON.stringify(read[name]));
  const kept = Object.fromEntries(lasting.map((name) => [name, running[name]]));
  return {
    settings: { ...read, ...kept },
    warnings: waiting.map((name) => `--${flagName(name)} has changed and needs a new start`),
  };
}
