/**
 * `console` and `require` of CloudFront Functions. Facts: aws-api B8. Each call of console.log is one entry of the log. Runs in QuickJS:
 * see binary.ts.
 */
import type { GuestHost } from './host.ts';

export function installConsole(host: GuestHost, modules: Record<string, unknown>): void {
  const { stringify } = JSON;
  const shown = (value: unknown): string => {
    if (typeof value !== 'object' || value === null || value instanceof Error) return String(value);
    return stringify(value) ?? String(value);
  };
  // CloudFront: it takes one argument.
  const log = (given?: unknown): void => {
    const text = shown(given);
    host.log(!text.includes('\0') ? text : text.split('\0').join('\\u0000'));
  };
  const scope = globalThis as unknown as Record<string, unknown>;
  // CloudFront: nothing but log.
  scope['console'] = { log };
  scope['require'] = (name: unknown): unknown => {
    if (typeof name === 'string' && Object.prototype.hasOwnProperty.call(modules, name)) return modules[name];
    throw new Error(`Cannot find module "${String(name)}"`);
  };
}
