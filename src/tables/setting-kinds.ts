/**
 * The kinds of settings: how the text of a flag, an environment variable or a configuration file becomes a value, and what
 * to say when it does not. Which settings there are: settings.ts. Which source wins: src/cli/read-settings.ts.
 */
import { parseNetwork } from '../model/network.ts';
import { GIB, KIB, MIB, type Bytes } from '../model/units.ts';

export interface Setting<Value> {
  readonly fallback: Value;
  /** The default as people read it. */
  readonly shownDefault: string;
  /** What stands for the value in help; '' for a switch. */
  readonly placeholder: string;
  readonly help: string;
  /** Completes "must be ...". */
  readonly expects: string;
  /** Undefined when the text is not such a value. Repeatable settings get every text given. */
  read(texts: readonly string[]): Value | undefined;
  readonly repeatable?: boolean;
  /** Relative to the working directory, or to the configuration file that names it. */
  readonly isPath?: boolean;
  /** What runs keeps the value it was started with; a reload takes over all others. */
  readonly needsRestart?: boolean;
  /** Accepted, and announced as having no effect, until the version that serves it. */
  readonly notYet?: boolean;
}

/** Where to connect instead of an origin's own address. */
export interface OriginAddress {
  readonly scheme: 'http' | 'https';
  readonly hostname: string;
  readonly port: number;
}

/** Reads the last text given, the others were overruled. */
function last<Value>(read: (given: string) => Value | undefined): (texts: readonly string[]) => Value | undefined {
  return (texts) => {
    const given = texts.at(-1);
    return given === undefined ? undefined : read(given);
  };
}

export function port(fallback: number, help: string): Setting<number> {
  return {
    fallback,
    shownDefault: String(fallback),
    placeholder: 'N',
    help,
    expects: 'a port from 0 to 65535 (0 picks a free one)',
    read: last((given) => (/^\d{1,5}$/.test(given) && Number(given) <= 65535 ? Number(given) : undefined)),
  };
}

export function count(shownDefault: string, help: string, most = 1024, least: 0 | 1 = 1): Setting<number | undefined> {
  return {
    fallback: undefined,
    shownDefault,
    placeholder: 'N',
    help,
    expects: `a whole number from ${least} to ${most}`,
    read: last((given) => {
      const isInRange = /^(?:0|[1-9]\d{0,8})$/.test(given) && Number(given) >= least && Number(given) <= most;
      return isInRange ? Number(given) : undefined;
    }),
  };
}

export function size(fallback: string, help: string): Setting<Bytes> {
  const bytes = readSize(fallback);
  if (bytes === undefined) throw new Error(`not a size: ${fallback}`);
  return {
    fallback: bytes,
    shownDefault: fallback,
    placeholder: 'SIZE',
    help,
    expects: 'a size such as 512MB or 4GB',
    read: last(readSize),
  };
}

const SIZE_UNITS: Readonly<Record<string, Bytes>> = { '': 1, K: KIB, M: MIB, G: GIB, T: 1024 * GIB };

/** Ours: a unit counts in powers of 1024 with or without the `i`, as nginx and Varnish count. */
export function readSize(given: string): Bytes | undefined {
  const parts = /^(\d{1,12})(?:\s?([KMGT]?)(?:i?B)?)$/i.exec(given);
  const unit = SIZE_UNITS[(parts?.[2] ?? '').toUpperCase()];
  if (parts === null || unit === undefined) return undefined;
  const bytes = Number(parts[1]) * unit;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

export function toggle(fallback: boolean, help: string): Setting<boolean> {
  return {
    fallback,
    shownDefault: fallback ? 'on' : 'off',
    placeholder: '',
    help,
    expects: 'true or false',
    read: last((given) => (/^(true|1|on|yes)$/i.test(given) ? true : /^(false|0|off|no)$/i.test(given) ? false : undefined)),
  };
}

export function text(
  fallback: string,
  placeholder: string,
  help: string,
  expects: string,
  pattern: RegExp,
  isPath = false,
): Setting<string> {
  const read = last((given) => (pattern.test(given) ? given : undefined));
  return { fallback, shownDefault: fallback, placeholder, help, expects, isPath, read };
}

export function choice<const Value extends string>(values: readonly [Value, ...Value[]], help: string): Setting<Value> {
  return {
    fallback: values[0],
    shownDefault: values[0],
    placeholder: values.join('|'),
    help,
    expects: `one of ${values.join(', ')}`,
    read: last((given) => values.find((value) => value === given)),
  };
}

/** Nothing unless it is given. */
export function optional(placeholder: string, help: string, expects: string, pattern: RegExp): Setting<string | undefined> {
  const read = last((given) => (pattern.test(given) ? given : undefined));
  return { fallback: undefined, shownDefault: 'none', placeholder, help, expects, read };
}

/** The name of a header field; none unless it is given. */
export function fieldName(help: string): Setting<string | undefined> {
  return optional('NAME', help, 'the name of a header', /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,256}$/);
}

/** A file that is read at start; none unless it is given. */
export function file(help: string): Setting<string | undefined> {
  return {
    fallback: undefined,
    shownDefault: 'none',
    placeholder: 'FILE',
    help,
    expects: 'a file',
    read: last((given) => (/^[^\0]+$/.test(given) ? given : undefined)),
    isPath: true,
  };
}

/** Addresses and networks as CIDR writes them. */
export function networks(help: string): Setting<readonly string[]> {
  return {
    fallback: [],
    shownDefault: 'none',
    placeholder: 'CIDR',
    help,
    expects: 'an address or a network, such as 10.1.0.0/16 or fd12::1',
    repeatable: true,
    read: (texts) => (texts.every((given) => parseNetwork(given) !== undefined) ? texts : undefined),
  };
}

/** Edge locations by their airport codes, upper case. */
export function places(fallback: readonly string[], placeholder: string, help: string): Setting<readonly string[]> {
  return {
    fallback,
    shownDefault: fallback.join(',') || 'none',
    placeholder,
    help,
    expects: 'airport codes of three letters, separated by commas',
    read: last((given) => {
      const codes = given.toUpperCase().split(',');
      return codes.every((code) => /^[A-Z]{3}$/.test(code)) ? [...new Set(codes)] : undefined;
    }),
  };
}

/** Host (lower case) -> address. The last one given for a host counts. */
export function originOverrides(help: string): Setting<Readonly<Record<string, OriginAddress>>> {
  return {
    fallback: {},
    shownDefault: 'none',
    placeholder: 'HOST=URL',
    help,
    expects: 'HOST=URL, such as www.example.com=http://127.0.0.1:3000 (no path)',
    repeatable: true,
    read: (texts) => {
      const overrides: Record<string, OriginAddress> = {};
      for (const given of texts) {
        const parts = /^([a-z0-9._-]+)=(https?):\/\/(\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::(\d{1,5}))?\/?$/i.exec(given);
        const [, host, scheme, hostname, digits] = parts ?? [];
        if (host === undefined || scheme === undefined || hostname === undefined) return undefined;
        const secure = scheme.toLowerCase() === 'https';
        const portNumber = digits === undefined ? (secure ? 443 : 80) : Number(digits);
        if (portNumber < 1 || portNumber > 65535) return undefined;
        overrides[host.toLowerCase()] = {
          scheme: secure ? 'https' : 'http',
          hostname: hostname.replace(/^\[(.*)\]$/, '$1'),
          port: portNumber,
        };
      }
      return overrides;
    },
  };
}
