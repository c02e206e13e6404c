import { describe, expect, test } from 'bun:test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { call, controlPlane, minimalConfig, refusal } from './control-plane.fixture.ts';

async function planeWithDistribution(path?: string) {
  const plane = controlPlane(path);
  const { Distribution } = await plane.handlers.CreateDistribution!({ DistributionConfig: minimalConfig() }, call);
  const DistributionId = Distribution!.Id;
  const create = (CallerReference: string, ...Items: string[]) =>
    plane.handlers.CreateInvalidation!(
      { DistributionId, InvalidationBatch: { CallerReference, Paths: { Quantity: Items.length, Items } } },
      call,
    );
  const status = async (Id: string | undefined) =>
    (await plane.handlers.GetInvalidation!({ DistributionId, Id }, call)).Invalidation!.Status;
  return { ...plane, DistributionId, create, status };
}

test('it is Completed when every edge has applied its ban, and not before', async () => {
  const plane = await planeWithDistribution();
  plane.hold();
  const { Invalidation } = await plane.create('one', '/a', '/b/*');
  expect(Invalidation!.Id).toMatch(/^I[A-Z0-9]{25}$/);
  expect(await plane.status(Invalidation!.Id)).toBe('InProgress');
  const shown = await plane.handlers.GetDistribution!({ Id: plane.DistributionId }, call);
  expect(shown.Distribution!.InProgressInvalidationBatches).toBe(1);
  expect(plane.bans).toEqual([
    {
      sequence: 1,
      distributionId: plane.DistributionId!,
      invalidationId: Invalidation!.Id!,
      issuedAt: 1_000,
      items: ['/a', '/b/*'],
    },
  ]);
  plane.release();
  await plane.settled();
  expect(await plane.status(Invalidation!.Id)).toBe('Completed');
});

test('the same reference and paths is the same invalidation; other paths are refused', async () => {
  const plane = await planeWithDistribution();
  const first = await plane.create('one', '/a', '/b');
  const again = await plane.create('one', '/b', '/a');
  expect(again.Invalidation!.Id).toBe(first.Invalidation!.Id);
  expect(plane.bans).toHaveLength(1);
  expect(refusal(() => plane.create('one', '/c'))).toBe('409 InvalidationBatchAlreadyExists');
});

describe('paths', () => {
  const rows: [name: string, paths: string[], want: string][] = [
    ['a path', ['/a'], 'accepted'],
    ['everything', ['/*'], 'accepted'],
    ['a query', ['/a?b=c'], 'accepted'],
    ['a literal star', ['/a*b'], 'accepted'],
    ['a tag', ['#product:1'], 'accepted'],
    ['no slash', ['a'], '400 InvalidArgument'],
    ['a space', ['/a b'], '400 InvalidArgument'],
    ['beyond ASCII', ['/ä'], '400 InvalidArgument'],
    ['tags and paths', ['#product:1', '/a', '#Sale', '/b/*'], 'accepted'],
    ['a tag of 256 characters', [`#${'t'.repeat(256)}`], 'accepted'],
    ['a tag of 257', [`#${'t'.repeat(257)}`], '400 InvalidArgument'],
    ['a tag with a space', ['#a b'], '400 InvalidArgument'],
    ['a tag beyond ASCII', ['#ä'], '400 InvalidArgument'],
    ['an empty tag', ['#'], '400 InvalidArgument'],
    ['16 tags that end in a star', Array.from({ length: 16 }, (_, index) => `#${index}*`), 'accepted'],
    ['a tag with a comma', ['#a,b'], '400 InvalidArgument'],
    ['too long', [`/${'a'.repeat(4000)}`], '400 InvalidArgument'],
    ['none', [], '400 InvalidArgument'],
    ['16 wildcards', Array.from({ length: 16 }, (_, index) => `/${index}*`), '400 TooManyInvalidationsInProgress'],
    ['3001 paths', Array.from({ length: 3001 }, (_, index) => `/${index}`), '413 BatchTooLarge'],
  ];
  test.each(rows)('%s', async (_, paths, want) => {
    const plane = await planeWithDistribution();
    expect(refusal(() => plane.create('r', ...paths))).toBe(want);
    expect(plane.bans).toHaveLength(want === 'accepted' ? 1 : 0);
  });
});

test('a count that lies and an unknown distribution are refused', async () => {
  const plane = await planeWithDistribution();
  const create = (DistributionId: string | undefined, Quantity: number) => () =>
    plane.handlers.CreateInvalidation!(
      { DistributionId, InvalidationBatch: { CallerReference: 'r', Paths: { Quantity, Items: ['/a'] } } },
      call,
    );
  expect(refusal(create(plane.DistributionId, 2))).toBe('400 InconsistentQuantities');
  expect(refusal(create('E0', 1))).toBe('404 NoSuchDistribution');
});

test('the newest is listed first', async () => {
  const plane = await planeWithDistribution();
  const ids: (string | undefined)[] = [];
  for (const reference of ['a', 'b', 'c']) ids.unshift((await plane.create(reference, '/x')).Invalidation!.Id);
  const list = await plane.handlers.ListInvalidations!({ DistributionId: plane.DistributionId }, call);
  expect(list.InvalidationList!.Items!.map(({ Id }) => Id)).toEqual(ids);
});

test('a purge brings receipts', async () => {
  const plane = await planeWithDistribution();
  const receipt = await plane.invalidate(plane.DistributionId!, ['/*']);
  expect(receipt).toMatchObject({
    soft: false,
    paths: ['/*'],
    issuedAt: 1_000,
    edges: [{ id: 'edge', acknowledgedAt: 1_500, took: 500 }],
  });
});

test('a soft purge is a soft ban; an invalidation never is', async () => {
  const plane = await planeWithDistribution();
  expect(await plane.invalidate(plane.DistributionId!, ['#sale', '/a'], true)).toMatchObject({ soft: true });
  await plane.create('one', '/a');
  expect(plane.bans.map(({ soft }) => soft)).toEqual([true, undefined]);
  expect(plane.state.invalidations.bansAfter(0).map(({ soft }) => soft)).toEqual([true, undefined]);
});

test('what no edge had acknowledged at a stop is sent again at the next start', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'warmfront-cloudfront-'));
  try {
    const path = join(folder, 'state.db');
    const first = await planeWithDistribution(path);
    first.hold();
    const { Invalidation } = await first.create('one', '/a');
    first.publisher.stop();
    first.state.close();

    const again = controlPlane(path);
    await again.settled();
    expect(again.bans.map(({ invalidationId }) => invalidationId)).toEqual([Invalidation!.Id!]);
    const shown = await again.handlers.GetDistribution!({ Id: first.DistributionId }, call);
    expect([shown.Distribution!.Status, shown.Distribution!.InProgressInvalidationBatches]).toEqual(['Deployed', 0]);
    again.state.close();
  } finally {
    rmSync(folder, { recursive: true });
  }
});
