/**
 * What the three policy families and origin access controls have in common: unique names, versions, quotas, in-use checks, and
 * (policies only) the ones AWS manages, which can be read and not changed. Facts: aws-api B2, B3, B5. What a family accepts is
 * in validate-policies.ts; its wire shapes are in the file of its noun.
 */
import type { Instant } from '../../../../model/units.ts';
import type { Collection } from '../../../state/resources.ts';
import { ApiError } from '../../wire/types.ts';
import type { CallContext } from '../../wire/types.ts';
import type { Registry } from '../registry.ts';
import { requireVersion } from '../versions.ts';

export interface Family<C, Input> {
  /** As messages say it: `cache policy`. */
  readonly noun: string;
  /** As error codes say it: NoSuch…, …AlreadyExists, …InUse. */
  readonly code: string;
  /** Where it is not NoSuch… and …InUse. */
  readonly noSuchCode?: string;
  readonly inUseCode?: string;
  readonly tooManyCode: string;
  readonly quota: number;
  readonly newId: () => string;
  readonly accept: (config: Input) => C;
  /** Throws where the one may not become the other. */
  readonly acceptChange?: (current: C, next: C) => void;
  /** The ids of other resources that name this one, and whose users are its users, too. */
  readonly usedThrough?: (id: string) => readonly string[];
  /** What those are, where it is not distributions. */
  readonly users?: string;
  readonly collection: Collection<C>;
  readonly managed: readonly { readonly id: string; readonly config: C }[];
}

/** One resource as the API shows it. */
export interface Shown<C> {
  readonly id: string;
  readonly type: 'custom' | 'managed';
  readonly config: C;
  readonly etag: string;
  readonly modified: Instant;
}

/** CloudFront: the version its own samples show for managed policies, which never change. */
const MANAGED_ETAG = 'E23ZP02F085DFQ';
const MANAGED_SINCE: Instant = Date.UTC(2020, 6, 22);

export interface NamedResources<C, Input> {
  create(config: Input | undefined, call: CallContext): Shown<C>;
  get(id: string | undefined): Shown<C>;
  update(id: string | undefined, ifMatch: string | undefined, config: Input | undefined, call: CallContext): Shown<C>;
  remove(id: string | undefined, ifMatch: string | undefined, call: CallContext): void;
  /** Managed ones first. */
  list(): readonly Shown<C>[];
}

export function namedResources<C extends { readonly Name: string } | { readonly CallerReference: string }, Input>(
  registry: Registry,
  family: Family<C, Input>,
): NamedResources<C, Input> {
  const { noun, collection } = family;
  // CloudFront: what has no name is told apart by its caller's reference.
  const nameOf = (config: C): string => ('Name' in config ? config.Name : config.CallerReference);
  const managed = family.managed.map(({ id, config }): Shown<C> => ({
    id,
    type: 'managed',
    config,
    etag: MANAGED_ETAG,
    modified: MANAGED_SINCE,
  }));
  const show = (stored: { id: string; document: C; etag: string; modified: Instant }): Shown<C> => ({
    id: stored.id,
    type: 'custom',
    config: stored.document,
    etag: stored.etag,
    modified: stored.modified,
  });
  const noSuch = (): ApiError => new ApiError(family.noSuchCode ?? `NoSuch${family.code}`, `The ${noun} does not exist.`, 404);
  const changeable = (id: string | undefined, code: string) => {
    if (managed.some((one) => one.id === id)) throw new ApiError(code, `You cannot change a managed ${noun}.`, 400);
    const stored = id === undefined ? undefined : collection.get(id);
    if (stored === undefined) throw noSuch();
    return stored;
  };
  const requireFreeName = (asked: C, owner: string | undefined): void => {
    const name = nameOf(asked);
    const holder = collection.named(name)?.id ?? managed.find(({ config }) => nameOf(config) === name)?.id;
    if (holder === undefined || holder === owner) return;
    throw new ApiError(
      `${family.code}AlreadyExists`,
      `Another ${noun} with this ${'Name' in asked ? 'name' : 'caller reference'} already exists. To modify it, update it.`,
      409,
    );
  };
  const given = (config: Input | undefined): Input => {
    if (config === undefined)
      throw new ApiError('MissingBody', 'This operation requires a body. Ensure that the body is present.', 400);
    return config;
  };

  return {
    create(input, call) {
      const config = family.accept(given(input));
      requireFreeName(config, undefined);
      if (collection.count() >= family.quota) {
        throw new ApiError(family.tooManyCode, `You have reached the maximum number of ${noun} resources for this account.`, 400);
      }
      const resource = { id: family.newId(), name: nameOf(config), etag: registry.ids.etag(), document: config };
      return show(registry.change(call, (change) => collection.insert(resource, change)));
    },
    get(id) {
      const stored = id === undefined ? undefined : collection.get(id);
      const found = stored ? show(stored) : managed.find((one) => one.id === id);
      if (found === undefined) throw noSuch();
      return found;
    },
    update(id, ifMatch, input, call) {
      const current = changeable(id, 'IllegalUpdate');
      requireVersion(collection, current, ifMatch);
      const config = family.accept(given(input));
      requireFreeName(config, current.id);
      family.acceptChange?.(current.document, config);
      const next = { name: nameOf(config), etag: registry.ids.etag(), document: config };
      return show(
        registry.change(call, (change) => {
          const updated = collection.update(current, next, change);
          registry.touchUsersOf(current.id, change);
          for (const through of family.usedThrough?.(current.id) ?? []) registry.touchUsersOf(through, change);
          return updated;
        }),
      );
    },
    remove(id, ifMatch, call) {
      const current = changeable(id, 'IllegalDelete');
      requireVersion(collection, current, ifMatch);
      if (registry.usersOf(current.id).length > 0 || (family.usedThrough?.(current.id).length ?? 0) > 0) {
        const message = `Cannot delete the ${noun} because it is attached to one or more ${family.users ?? 'distributions'}.`;
        throw new ApiError(family.inUseCode ?? `${family.code}InUse`, message, 409);
      }
      registry.change(call, (change) => collection.remove(current, change));
    },
    list: () => [...managed, ...collection.list().map(show)],
  };
}

/** What Type asks for; all when absent. */
export function ofType<C>(all: readonly Shown<C>[], type: string | undefined): readonly Shown<C>[] {
  if (type === undefined) return all;
  if (type !== 'managed' && type !== 'custom') {
    throw new ApiError('InvalidArgument', 'The parameter Type must be managed or custom.', 400);
  }
  return all.filter((one) => one.type === type);
}
