import { describe, expect, test } from 'bun:test';
import { call, CACHING_OPTIMIZED, CERTIFICATE_ARN, controlPlane, minimalConfig, refusal } from './control-plane.fixture.ts';

function created(changes = {}) {
  const plane = controlPlane();
  const answer = plane.handlers.CreateDistribution!({ DistributionConfig: minimalConfig(changes) }, call);
  if (answer instanceof Promise) throw new Error('handlers answer at once');
  const id = answer.Distribution!.Id!;
  const get = () => {
    const got = plane.handlers.GetDistribution!({ Id: id }, call);
    if (got instanceof Promise) throw new Error('handlers answer at once');
    return got;
  };
  const update = (config = {}, IfMatch = get().ETag) =>
    plane.handlers.UpdateDistribution!({ Id: id, IfMatch, DistributionConfig: { ...minimalConfig(changes), ...config } }, call);
  const remove = (IfMatch = get().ETag) => plane.handlers.DeleteDistribution!({ Id: id, IfMatch }, call);
  return { ...plane, answer, id, get, update, remove };
}

describe('the life of a distribution', () => {
  test('identifiers have AWS formats', () => {
    const { answer } = created();
    expect(answer.Distribution!.Id).toMatch(/^E[A-Z0-9]{13}$/);
    expect(answer.ETag).toMatch(/^E[A-Z0-9]{13}$/);
    expect(answer.Distribution!.DomainName).toMatch(/^d[a-z0-9]{13}\.cloudfront\.localhost$/);
    expect(answer.Distribution!.ARN).toBe(`arn:aws:cloudfront::000000000000:distribution/${answer.Distribution!.Id}`);
    expect(answer.Location).toBe(`https://cloudfront.amazonaws.com/2020-05-31/distribution/${answer.Distribution!.Id}`);
  });

  test('it is Deployed when every edge has acknowledged the snapshot that holds it, and not before', async () => {
    const plane = created();
    plane.hold();
    await plane.update({ Comment: 'changed' });
    expect(plane.get().Distribution!.Status).toBe('InProgress');
    plane.release();
    await plane.settled();
    expect(plane.get().Distribution!.Status).toBe('Deployed');
    expect(plane.snapshots.at(-1)!.distributions[0]).toMatchObject({ id: plane.id, revision: 2 });
  });

  test('create, disable, wait, delete', async () => {
    const plane = created();
    await plane.settled();
    expect(refusal(() => plane.remove())).toBe('409 DistributionNotDisabled');
    plane.hold();
    await plane.update({ Enabled: false });
    expect(refusal(() => plane.remove())).toBe('409 DistributionNotDisabled');
    plane.release();
    await plane.settled();
    await plane.remove();
    expect(refusal(() => plane.get())).toBe('404 NoSuchDistribution');
    await plane.settled();
    expect(plane.snapshots.at(-1)!.distributions).toEqual([]);
  });

  test('snapshot versions grow by one with every accepted change, and a refused one changes nothing', async () => {
    const plane = created();
    const before = plane.state.snapshotVersion();
    expect(refusal(() => plane.update({ DefaultRootObject: 'a b' }))).toBe('400 InvalidDefaultRootObject');
    expect(plane.state.snapshotVersion()).toBe(before);
    await plane.update({ Comment: 'x' });
    expect(plane.state.snapshotVersion()).toBe(before + 1);
    await plane.settled();
  });
});

describe('If-Match', () => {
  test('missing or unknown is 400, known but replaced is 412', async () => {
    const plane = created();
    const first = plane.get().ETag!;
    await plane.update({ Comment: 'two' });
    expect(refusal(() => plane.update({ Comment: 'three' }, first))).toBe('412 PreconditionFailed');
    expect(refusal(() => plane.update({ Comment: 'three' }, 'EUNKNOWN000000'))).toBe('400 InvalidIfMatchVersion');
    expect(refusal(() => plane.handlers.DeleteDistribution!({ Id: plane.id }, call))).toBe('400 InvalidIfMatchVersion');
    expect(plane.get().Distribution!.DistributionConfig!.Comment).toBe('two');
  });
});

test('a caller reference is used once, and never changes', () => {
  const plane = created();
  const again = () => plane.handlers.CreateDistribution!({ DistributionConfig: minimalConfig() }, call);
  expect(refusal(again)).toBe('409 DistributionAlreadyExists');
  expect(refusal(() => plane.update({ CallerReference: 'other' }))).toBe('400 IllegalUpdate');
});

test('an update replaces: what it leaves out is default again', async () => {
  const plane = created({ DefaultRootObject: 'index.html', PriceClass: 'PriceClass_100' });
  await plane.handlers.UpdateDistribution!(
    { Id: plane.id, IfMatch: plane.get().ETag, DistributionConfig: minimalConfig() },
    call,
  );
  expect(plane.get().Distribution!.DistributionConfig).toMatchObject({ DefaultRootObject: '', PriceClass: 'PriceClass_All' });
});

test('an alias belongs to one distribution', () => {
  const certificate = {
    ACMCertificateArn: CERTIFICATE_ARN,
    SSLSupportMethod: 'sni-only' as const,
  };
  const aliased = { Aliases: { Quantity: 1, Items: ['www.example.com'] }, ViewerCertificate: certificate };
  const plane = created(aliased);
  const second = (alias: string) => () =>
    plane.handlers.CreateDistribution!(
      { DistributionConfig: minimalConfig({ ...aliased, CallerReference: alias, Aliases: { Quantity: 1, Items: [alias] } }) },
      call,
    );
  expect(refusal(second('WWW.example.com'))).toBe('409 CNAMEAlreadyExists');
  expect(refusal(second('*.example.com'))).toBe('accepted');
  expect(plane.findDistribution('www.example.com')).toBe(plane.id);
});

test('pages go by the last id of the page before', async () => {
  const plane = controlPlane();
  const ids: string[] = [];
  for (const CallerReference of ['a', 'b', 'c']) {
    const { Distribution } = await plane.handlers.CreateDistribution!(
      { DistributionConfig: minimalConfig({ CallerReference }) },
      call,
    );
    ids.push(Distribution!.Id!);
  }
  const page = async (Marker?: string) =>
    (await plane.handlers.ListDistributions!({ Marker, MaxItems: 2 }, call)).DistributionList!;
  const first = await page();
  expect([first.IsTruncated, first.NextMarker, first.Quantity, first.Items!.length]).toEqual([true, ids[1], 2, 2]);
  const second = await page(first.NextMarker);
  expect([second.IsTruncated, second.NextMarker, second.Items!.map(({ Id }) => Id)]).toEqual([false, undefined, [ids[2]]]);
  const none = await plane.handlers.ListDistributionsByWebACLId!({ WebACLId: 'x' }, call);
  expect(none.DistributionList).toEqual({ Marker: '', MaxItems: 100, IsTruncated: false, Quantity: 0 });
  const using = await plane.handlers.ListDistributionsByCachePolicyId!({ CachePolicyId: CACHING_OPTIMIZED }, call);
  expect(using.DistributionIdList!.Items).toEqual(ids);
});

test('a copy is a staging distribution of its own', async () => {
  const plane = created();
  const copy = await plane.handlers.CopyDistribution!(
    { PrimaryDistributionId: plane.id, CallerReference: 'copy', Staging: true, IfMatch: plane.get().ETag },
    call,
  );
  expect(copy.Distribution!.DistributionConfig).toMatchObject({ Staging: true, CallerReference: 'copy' });
  expect(copy.Distribution!.Id).not.toBe(plane.id);
});

test('tags reach the edges without a new version', async () => {
  const plane = created();
  const before = plane.get();
  const Resource = before.Distribution!.ARN;
  const tag = (Key: string, Value = 'on') => plane.handlers.TagResource!({ Resource, Tags: { Items: [{ Key, Value }] } }, call);
  await tag('warmfront:debug-headers');
  await tag('team', 'web');
  await plane.handlers.UntagResource!({ Resource, TagKeys: { Items: ['team'] } }, call);
  expect(refusal(() => tag('aws:mine'))).toBe('400 InvalidTagging');
  await plane.settled();
  expect((await plane.handlers.ListTagsForResource!({ Resource }, call)).Tags!.Items).toEqual([
    { Key: 'warmfront:debug-headers', Value: 'on' },
  ]);
  expect(plane.snapshots.at(-1)!.distributions[0]!.tags).toEqual({ 'warmfront:debug-headers': 'on' });
  expect(plane.get().ETag).toBe(before.ETag);
  const unknown = () =>
    plane.handlers.ListTagsForResource!({ Resource: 'arn:aws:cloudfront::000000000000:distribution/E0' }, call);
  expect(refusal(unknown)).toBe('404 NoSuchResource');
  expect(refusal(() => plane.handlers.ListTagsForResource!({ Resource: 'nonsense' }, call))).toBe('400 InvalidArgument');
});

test('a setting that is not served is said once, and in the status', async () => {
  const plane = created({
    Logging: { Enabled: true, IncludeCookies: false, Bucket: 'logs.s3.amazonaws.com', Prefix: '' },
  });
  await plane.settled();
  await plane.update({ Comment: 'again' });
  await plane.settled();
  expect(plane.warned.filter((line) => line.includes('Logging'))).toHaveLength(
    plane.status()[0]!.warnings.filter((line) => line.includes('Logging')).length,
  );
  expect(plane.status()[0]).toMatchObject({ id: plane.id, status: 'Deployed', enabled: true });
});
