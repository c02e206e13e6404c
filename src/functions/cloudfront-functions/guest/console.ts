/**
 * `console` and `require` of CloudFront Functions. Facts: aws-api B8. Each call of console.log is one entry of the log. Runs in QuickJS:
 * see binary.ts.
 */
import type { GuestHost } from './host.ts';

export function installConsole(host: GuestHost, modules: Record<string, unknown>, isSecond: boolean): void {
  const { stringify } = JSON;
  const shown = (value: unknown): string => {
    if (typeof value !== 'object' || value === null || value instanceof Error) return String(value);
    return stringify(value) ?? String(value);
  };
  const log = (...given: unknown[]): void => {
    // CloudFront: console.log takes one argument; commas are for runtime 2.0.
    const text = (isSecond ? given : given.slice(0, 1)).map(shown).join(' ');
    host.log(!text.includes('\0') ? text : text.split('\0').join('\\u0000'));
  };
  const scope = globalThis as unknown as Record<string, unknown>;
  const kinds = isSecond ? ['log', 'error', 'warn', 'info', 'debug'] : ['log'];
  scope['console'] = Object.fromEntries(kinds.map((kind) => [kind, log]));
  scope['require'] = (name: unknown): unknown => {
    if (typeof name === 'string' && Object.prototype.hasOwnProperty.call(modules, name)) return modules[name];
    throw new Error(`Cannot find module "${String(name)}"`);
  };
}
