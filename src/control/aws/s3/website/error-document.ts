/** The HTML page a website endpoint shows for an error when no error document answers; our own markup. S3 user guide, "Error documents". */

export interface WebsiteFault {
  readonly status: number;
  readonly reason: string;
  readonly code: string;
  readonly message: string;
  readonly requestId: string;
  readonly details: readonly (readonly [name: string, value: string])[];
}

export function errorDocument({ status, reason, code, message, requestId, details }: WebsiteFault): string {
  const rows = [['Code', code], ['Message', message], ...details, ['Request id', requestId]] as const;
  const list = rows.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`).join('');
  const title = `${status} ${reason}`;
  return `<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>${title}</title></head>\n<body><h1>${title}</h1><dl>${list}</dl></body></html>\n`;
}

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (c) => ESCAPES[c] as string);
}
