/**
 * What the doctor says of one thing it has looked at. A problem is what keeps Warmfront from starting or serving; a warning, what will
 * hurt under some condition; both come with advice. What is looked at: the check-*.ts files beside.
 */

export interface Finding {
  readonly level: 'ok' | 'warning' | 'problem';
  /** What was looked at: `port 8080/tcp`. */
  readonly subject: string;
  readonly found: string;
  /** What to do about it. */
  readonly advice?: string;
}

export function ok(subject: string, found: string): Finding {
  return { level: 'ok', subject, found };
}

export function warning(subject: string, found: string, advice: string): Finding {
  return { level: 'warning', subject, found, advice };
}

export function problem(subject: string, found: string, advice: string): Finding {
  return { level: 'problem', subject, found, advice };
}

/** `1.5 GB`, in powers of 1024 as the settings count. */
export function inUnits(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit += 1;
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit]}`;
}
