/**
 * What the runtimes do not have is taken away, and what one call could leave behind for the next is frozen. Facts: aws-api B8. Every call
 * begins with the same intrinsics because nothing can change them; a function that must change them gets a realm of its own for each call
 * (instance.ts). Natives that could run for long on large inputs look at the clock. Runs in QuickJS: see binary.ts.
 */
import type { GuestHost } from './host.ts';

/** Takes away and guards; to be called before any name of the runtime is handed out. */
export function restrict(host: GuestHost, isSecond: boolean): void {
  const scope = globalThis as unknown as Record<string, unknown>;
  const ABSENT: Record<string, string[]> = {
    globalThis: [
      'eval BigInt BigInt64Array BigUint64Array Proxy Reflect Map Set WeakMap WeakSet WeakRef FinalizationRegistry Atomics',
      'SharedArrayBuffer Iterator AsyncIterator Float16Array queueMicrotask performance escape unescape navigator print std os bjson',
      'DOMException AggregateError',
    ],
    Array: ['fromAsync'],
    'Array.prototype': ['at flat flatMap findLast findLastIndex toReversed toSorted toSpliced with group groupToMap'],
    Object: ['groupBy hasOwn'],
    'Object.prototype': ['__defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__'],
    String: ['dedent'],
    'String.prototype': [
      'at isWellFormed toWellFormed anchor big blink bold fixed fontcolor fontsize italics link small strike sub sup',
    ],
    Promise: ['withResolvers try'],
    Math: ['sumPrecise f16round'],
    'DataView.prototype': ['getBigInt64 setBigInt64 getBigUint64 setBigUint64 getFloat16 setFloat16'],
  };
  if (!isSecond) {
    ABSENT['String.prototype']!.push('replaceAll matchAll');
    ABSENT['globalThis']!.push('DataView');
    // CloudFront: among the errors of this runtime.
    class MemoryError extends Error {
      override readonly name = 'MemoryError';
    }
    scope['MemoryError'] = MemoryError;
  }
  for (const [path, names] of Object.entries(ABSENT)) {
    let owner: Record<string, unknown> | undefined = scope;
    for (const part of path === 'globalThis' ? [] : path.split('.')) owner = owner?.[part] as Record<string, unknown> | undefined;
    for (const name of names.join(' ').split(' ')) if (owner !== undefined) delete owner[name];
  }

  // Code is what was published, and nothing else.
  const refuse = function (): never {
    throw new TypeError('Code cannot be made from text: the Function constructor and eval are disabled');
  };
  const functionKinds = [function () {}, async function () {}, function* () {}, async function* () {}];
  for (const kind of functionKinds) {
    Object.defineProperty(Object.getPrototypeOf(kind) as object, 'constructor', {
      value: refuse,
      writable: false,
      configurable: false,
    });
  }
  Object.defineProperty(refuse, 'prototype', { value: Function.prototype });
  Object.defineProperty(refuse, 'name', { value: 'Function' });
  scope['Function'] = refuse;

  const { apply, call } = Function.prototype;
  const applyTo = call.bind(apply) as (run: unknown, self: unknown, given: unknown) => unknown;
  const callTo = call.bind(call) as (run: unknown, self: unknown, ...given: unknown[]) => unknown;
  const { isArray } = Array;
  const descriptor = Object.getOwnPropertyDescriptor;
  const wrap = (owner: object, name: string, guard: (self: unknown, given: ArrayLike<unknown>) => void): void => {
    const native = (owner as Record<string, unknown>)[name];
    if (typeof native !== 'function') return;
    const guarded = {
      [name](this: unknown): unknown {
        guard(this, arguments);
        return applyTo(native, this, arguments);
      },
    }[name]!;
    Object.defineProperty(guarded, 'length', { value: native.length, configurable: true });
    Object.defineProperty(owner, name, { value: guarded, writable: true, configurable: true, enumerable: false });
  };

  const MOST_ITEMS = 131_072;
  const LONG = 4_096;
  /** A native goes through every index up to length, present or not, without a look at the clock. */
  const guardList = (self: unknown): void => {
    let length = 0;
    if (isArray(self)) {
      length = self.length;
    } else if (typeof self === 'string') {
      length = self.length;
    } else if (typeof self === 'object' && self !== null && !ArrayBuffer.isView(self)) {
      const own = descriptor(self, 'length');
      if (own === undefined) {
        if ('length' in self) throw new TypeError('length is inherited');
      } else if ('value' in own) length = Number(own.value);
      else throw new TypeError('length is not a value');
    }
    if (length > MOST_ITEMS) throw new RangeError('Invalid array length');
    if (length > LONG) host.look();
  };
  for (const name of [
    'concat copyWithin every fill filter find findIndex forEach includes indexOf join lastIndexOf map reduce reduceRight reverse shift',
    'slice some splice toLocaleString toString unshift',
  ]
    .join(' ')
    .split(' ')) {
    wrap(Array.prototype, name, guardList);
  }
  wrap(Array.prototype, 'concat', (self, given) => {
    guardList(self);
    for (let at = 0; at < given.length; at++) guardList(given[at]);
  });
  const sort = Array.prototype.sort;
  const byText = (one: unknown, other: unknown): number => {
    const [left, right] = [String(one), String(other)];
    return left < right ? -1 : left > right ? 1 : 0;
  };
  Object.defineProperty(Array.prototype, 'sort', {
    value: {
      // Comparing in here, each comparison is a tick.
      sort(this: unknown[], compare?: (one: unknown, other: unknown) => number): unknown[] {
        guardList(this);
        if (compare !== undefined && typeof compare !== 'function') throw new TypeError('comparefn is not callable or undefined');
        return applyTo(sort, this, [compare ?? byText]) as unknown[];
      },
    }.sort,
    writable: true,
    configurable: true,
    enumerable: false,
  });

  const look = (self: unknown): void => {
    if (typeof self !== 'string' || self.length > LONG) host.look();
  };
  for (const name of 'toUpperCase toLowerCase toLocaleUpperCase toLocaleLowerCase normalize localeCompare match matchAll search'.split(
    ' ',
  )) {
    wrap(String.prototype, name, look);
  }
  for (const name of ['repeat', 'padStart', 'padEnd']) {
    wrap(String.prototype, name, (_self, given) => {
      if (Number(given[0]) > LONG) host.look();
    });
  }
  /** Searching takes as long as both texts multiplied. */
  const MOST_STEPS = 4_000_000;
  const isPlainPattern = (sought: object): boolean =>
    Object.getPrototypeOf(sought) === RegExp.prototype && Object.getOwnPropertySymbols(sought).length === 0;
  /** What is sought for, as the native will take it: a text, or a pattern that is what it seems. */
  const guardSearch = (text: string, sought: unknown, takesPatterns: boolean): unknown => {
    host.look();
    if (takesPatterns && typeof sought === 'object' && sought !== null) {
      if (isPlainPattern(sought)) return sought;
      throw new TypeError('a long text is searched for strings and regular expressions only');
    }
    const plain = String(sought);
    if (plain.length * text.length > MOST_STEPS) throw new RangeError('the text is too long to be searched for this');
    return sought === undefined ? undefined : plain;
  };
  // Called most of all: two arguments are all that they take, and one that is left out is undefined to them.
  for (const name of ['indexOf', 'lastIndexOf', 'includes', 'split', 'replace', 'replaceAll'] as const) {
    const native: unknown = String.prototype[name];
    if (typeof native !== 'function') continue;
    const takesPatterns = name === 'split' || name.startsWith('replace');
    const guarded = {
      [name](this: unknown, sought: unknown, other: unknown): unknown {
        const text = typeof this === 'object' && this !== null ? String(this) : this;
        const isLong = typeof text === 'string' && text.length > LONG;
        return callTo(native, text, isLong ? guardSearch(text, sought, takesPatterns) : sought, other);
      },
    }[name]!;
    Object.defineProperty(guarded, 'length', { value: native.length, configurable: true });
    Object.defineProperty(String.prototype, name, { value: guarded, writable: true, configurable: true, enumerable: false });
  }
  for (const name of ['encodeURIComponent', 'decodeURIComponent', 'encodeURI', 'decodeURI'])
    wrap(globalThis, name, (_self, given) => look(given[0]));
  wrap(JSON, 'parse', (_self, given) => look(given[0]));
  const { stringify } = JSON;
  Object.defineProperty(JSON, 'stringify', {
    value: {
      stringify(value: unknown, replacer?: unknown, space?: unknown): string {
        const text = stringify(value, replacer as never, space as never);
        if (text !== undefined && text.length > LONG) host.look();
        return text;
      },
    }.stringify,
    writable: true,
    configurable: true,
    enumerable: false,
  });
}

/** Freezes everything that can be reached; to be called last. */
export function freezeRealm(): void {
  /** What code assigns to objects of its own though their prototypes have it: a frozen property of a prototype would forbid it. */
  const OVERRIDDEN = [Object.prototype, Error.prototype, TypeError.prototype, RangeError.prototype, SyntaxError.prototype];
  for (const prototype of [...OVERRIDDEN, ReferenceError.prototype, EvalError.prototype, URIError.prototype]) {
    for (const name of Object.getOwnPropertyNames(prototype)) {
      const property = Object.getOwnPropertyDescriptor(prototype, name)!;
      if (property.get !== undefined) continue;
      const value = property.value as unknown;
      Object.defineProperty(prototype, name, {
        get: () => value,
        set(this: object, next: unknown) {
          if (this === prototype) throw new TypeError(`'${name}' is read-only`);
          Object.defineProperty(this, name, { value: next, writable: true, enumerable: true, configurable: true });
        },
        enumerable: property.enumerable === true,
        configurable: false,
      });
    }
  }
  const hidden = [
    Object.getPrototypeOf([][Symbol.iterator]()),
    Object.getPrototypeOf(''[Symbol.iterator]()),
    Object.getPrototypeOf(Int8Array),
    Object.getPrototypeOf(async function () {}),
    Object.getPrototypeOf(function* () {}),
    Object.getPrototypeOf(async function* () {}),
    typeof ''.matchAll === 'function' ? Object.getPrototypeOf(''.matchAll(/a/g)) : undefined,
  ] as unknown[];
  const waiting: unknown[] = [globalThis, ...hidden];
  const isNew = (value: unknown): value is object =>
    value !== null && (typeof value === 'object' || typeof value === 'function') && !Object.isFrozen(value);
  while (waiting.length > 0) {
    const value = waiting.pop();
    if (!isNew(value)) continue;
    Object.freeze(value);
    waiting.push(Object.getPrototypeOf(value));
    const properties = Object.getOwnPropertyDescriptors(value) as Record<PropertyKey, PropertyDescriptor>;
    for (const name of [...Object.getOwnPropertyNames(properties), ...Object.getOwnPropertySymbols(properties)]) {
      const property = properties[name]!;
      waiting.push(property.value, property.get, property.set);
    }
  }
}
