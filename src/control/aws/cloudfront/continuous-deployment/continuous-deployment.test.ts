import type { ContinuousDeploymentPolicyConfig, TrafficConfig } from '@aws-sdk/client-cloudfront';
import { describe, expect, test } from 'bun:test';
import { call, controlPlane, minimalConfig, refusal } from '../control-plane.fixture.ts';

const HEADER: TrafficConfig = { Type: 'SingleHeader', SingleHeaderConfig: { Header: 'aws-cf-cd-stage', Value: 'next' } };

function weighted(Weight: number, ttls?: [idle: number, maximum: number]): TrafficConfig {
  const SessionStickinessConfig = ttls && { IdleTTL: ttls[0], MaximumTTL: ttls[1] };
  return { Type: 'SingleWeight', SingleWeightConfig: { Weight, SessionStickinessConfig } };
}

function policyConfig(name: string, changes: Partial<ContinuousDeploymentPolicyConfig> = {}): ContinuousDeploymentPolicyConfig {
  return { StagingDistributionDnsNames: { Quantity: 1, Items: [name] }, Enabled: true, TrafficConfig: HEADER, ...changes };
}

/** A primary, its copy, and a policy that names the copy. */
async function deployed() {
  const plane = controlPlane();
  const { handlers } = plane;
  const made = await handlers.CreateDistribution!({ DistributionConfig: minimalConfig() }, call);
  const primaryId = made.Distribution!.Id!;
  const copy = await handlers.CopyDistribution!(
    { PrimaryDistributionId: primaryId, IfMatch: made.ETag, CallerReference: 'copy', Staging: true },
    call,
  );
  const stagingId = copy.Distribution!.Id!;
  const name = copy.Distribution!.DomainName!;
  const policy = await handlers.CreateContinuousDeploymentPolicy!({ ContinuousDeploymentPolicyConfig: policyConfig(name) }, call);
  const policyId = policy.ContinuousDeploymentPolicy!.Id!;
  const get = async (Id: string) => handlers.GetDistribution!({ Id }, call);
  const update = async (Id: string, changes: object) => {
    const { ETag: IfMatch, Distribution } = await get(Id);
    return handlers.UpdateDistribution!(
      { Id, IfMatch, DistributionConfig: { ...Distribution!.DistributionConfig!, ...changes } },
      call,
    );
  };
  const attach = () => update(primaryId, { ContinuousDeploymentPolicyId: policyId });
  const getPolicy = async () => handlers.GetContinuousDeploymentPolicy!({ Id: policyId }, call);
  const deletePolicy = async () => {
    const { ETag: IfMatch } = await getPolicy();
    return refusal(() => handlers.DeleteContinuousDeploymentPolicy!({ Id: policyId, IfMatch }, call));
  };
  return { ...plane, primaryId, stagingId, name, policyId, get, update, attach, getPolicy, deletePolicy };
}

const codeOf = async (run: () => Promise<unknown>): Promise<string> => {
  try {
    await run();
    return 'accepted';
  } catch (error) {
    return refusal(() => {
      throw error;
    });
  }
};

describe('a continuous deployment policy', () => {
  test('is read back as it was made, with its id, version and location', async () => {
    const { handlers, policyId, name, getPolicy } = await deployed();
    expect(policyId).toMatch(/^[0-9a-f-]{36}$/);
    const { ContinuousDeploymentPolicy, ETag } = await getPolicy();
    expect(ContinuousDeploymentPolicy!.ContinuousDeploymentPolicyConfig).toEqual(policyConfig(name));
    const config = await handlers.GetContinuousDeploymentPolicyConfig!({ Id: policyId }, call);
    expect(config).toEqual({ ContinuousDeploymentPolicyConfig: policyConfig(name), ETag });
    const { ContinuousDeploymentPolicyList: list } = await handlers.ListContinuousDeploymentPolicies!({}, call);
    expect(list).toMatchObject({ MaxItems: 100, Quantity: 1, Items: [{ ContinuousDeploymentPolicy: { Id: policyId } }] });
  });

  const rows: [name: string, changes: (name: string) => Partial<ContinuousDeploymentPolicyConfig>, want: string][] = [
    ['a weight with stickiness', () => ({ TrafficConfig: weighted(0.15, [300, 3600]) }), 'accepted'],
    ['a weight of 0', () => ({ TrafficConfig: weighted(0) }), 'accepted'],
    ['a weight above 0.15', () => ({ TrafficConfig: weighted(0.16) }), '400 InvalidArgument'],
    ['a negative weight', () => ({ TrafficConfig: weighted(-0.1) }), '400 InvalidArgument'],
    ['an idle TTL above the maximum', () => ({ TrafficConfig: weighted(0.1, [600, 300]) }), '400 InvalidArgument'],
    ['an idle TTL below 300', () => ({ TrafficConfig: weighted(0.1, [299, 300]) }), '400 InvalidArgument'],
    ['a maximum TTL above 3600', () => ({ TrafficConfig: weighted(0.1, [300, 3601]) }), '400 InvalidArgument'],
    [
      'another prefix',
      () => ({ TrafficConfig: { Type: 'SingleHeader', SingleHeaderConfig: { Header: 'x-stage', Value: '1' } } }),
      '400 InvalidArgument',
    ],
    ['a type without its settings', () => ({ TrafficConfig: { Type: 'SingleWeight' } }), '400 InvalidArgument'],
    ['settings of the other type', () => ({ TrafficConfig: { ...weighted(0.1), ...HEADER } }), '400 InvalidArgument'],
    ['an unknown type', () => ({ TrafficConfig: { Type: 'Both' as never } }), '400 MalformedXML'],
    ['no traffic, disabled', () => ({ TrafficConfig: undefined, Enabled: false }), 'accepted'],
    ['no traffic, enabled', () => ({ TrafficConfig: undefined }), '400 InvalidArgument'],
    ['no staging distribution', () => ({ StagingDistributionDnsNames: { Quantity: 0 } }), '400 InvalidArgument'],
    ['a wrong count', (name) => ({ StagingDistributionDnsNames: { Quantity: 2, Items: [name] } }), '400 InconsistentQuantities'],
    [
      'an unknown name',
      () => ({ StagingDistributionDnsNames: { Quantity: 1, Items: ['d0.cloudfront.localhost'] } }),
      '400 InvalidArgument',
    ],
  ];
  test.each(rows)('%s', async (_name, changes, want) => {
    const { handlers, policyId, name, getPolicy } = await deployed();
    const { ETag: IfMatch } = await getPolicy();
    const asked = { Id: policyId, IfMatch, ContinuousDeploymentPolicyConfig: policyConfig(name, changes(name)) };
    expect(refusal(() => handlers.UpdateContinuousDeploymentPolicy!(asked, call))).toBe(want);
  });

  test('names a staging distribution that no other policy names', async () => {
    const { handlers, name, get, primaryId } = await deployed();
    const create = (of: string) => () =>
      handlers.CreateContinuousDeploymentPolicy!({ ContinuousDeploymentPolicyConfig: policyConfig(of) }, call);
    expect(refusal(create(name))).toBe('409 StagingDistributionInUse');
    const primary = (await get(primaryId)).Distribution!.DomainName!;
    expect(refusal(create(primary))).toBe('400 InvalidArgument');
  });

  test('reaches the edges with its primary, anew when it changes', async () => {
    const plane = await deployed();
    await plane.attach();
    await plane.settled();
    const sent = () => plane.snapshots.at(-1)!.distributions.find(({ id }) => id === plane.primaryId)!;
    const traffic = { kind: 'header', name: 'aws-cf-cd-stage', value: 'next' };
    expect(sent()).toMatchObject({ revision: 2, continuousDeployment: { stagingDistributionId: plane.stagingId, traffic } });
    const { ETag: IfMatch } = await plane.getPolicy();
    const changed = policyConfig(plane.name, { TrafficConfig: weighted(0.1, [300, 600]) });
    const updated = await plane.handlers.UpdateContinuousDeploymentPolicy!(
      { Id: plane.policyId, IfMatch, ContinuousDeploymentPolicyConfig: changed },
      call,
    );
    await plane.settled();
    expect(sent()).toMatchObject({
      revision: 3,
      continuousDeployment: {
        version: updated.ETag,
        traffic: { kind: 'weight', weight: 0.1, stickiness: { idleTtl: 300_000, maximumTtl: 600_000 } },
      },
    });
  });
});

describe('who may use a policy', () => {
  test('not a new distribution, not a staging one, not a second primary, not one with HTTP/3', async () => {
    const { handlers, policyId, stagingId, primaryId, update, attach } = await deployed();
    const other = { ...minimalConfig({ CallerReference: 'other' }), ContinuousDeploymentPolicyId: policyId };
    expect(refusal(() => handlers.CreateDistribution!({ DistributionConfig: other }, call))).toBe('400 InvalidArgument');
    expect(await codeOf(() => update(stagingId, { ContinuousDeploymentPolicyId: policyId }))).toBe('400 InvalidArgument');
    expect(await codeOf(() => update(primaryId, { ContinuousDeploymentPolicyId: 'none' }))).toBe(
      '404 NoSuchContinuousDeploymentPolicy',
    );
    expect(await codeOf(() => update(primaryId, { ContinuousDeploymentPolicyId: policyId, HttpVersion: 'http3' }))).toBe(
      '400 InvalidArgument',
    );
    expect(await codeOf(() => update(stagingId, { HttpVersion: 'http2and3' }))).toBe('400 InvalidArgument');
    await attach();
    const second = await handlers.CreateDistribution!({ DistributionConfig: minimalConfig({ CallerReference: 'second' }) }, call);
    expect(await codeOf(() => update(second.Distribution!.Id!, { ContinuousDeploymentPolicyId: policyId }))).toBe(
      '409 ContinuousDeploymentPolicyInUse',
    );
  });

  test('what is in use stays: the policy of a primary, the staging distribution of a policy', async () => {
    const { handlers, stagingId, primaryId, update, attach, get, deletePolicy, settled } = await deployed();
    await attach();
    expect(await deletePolicy()).toBe('409 ContinuousDeploymentPolicyInUse');
    await update(stagingId, { Enabled: false });
    await settled();
    const removeStaging = async () => {
      const { ETag: IfMatch } = await get(stagingId);
      return refusal(() => handlers.DeleteDistribution!({ Id: stagingId, IfMatch }, call));
    };
    expect(await removeStaging()).toBe('409 ResourceInUse');
    await update(primaryId, { ContinuousDeploymentPolicyId: '' });
    expect(await deletePolicy()).toBe('accepted');
    expect(
      await deletePolicy().catch((error: unknown) =>
        refusal(() => {
          throw error;
        }),
      ),
    ).toBe('404 NoSuchContinuousDeploymentPolicy');
    await settled();
    expect(await removeStaging()).toBe('accepted');
  });

  test('a copy is staging, has no aliases and no policy', async () => {
    const { handlers, primaryId, stagingId, get, attach } = await deployed();
    const { ETag: IfMatch } = await attach();
    const asked = { PrimaryDistributionId: primaryId, CallerReference: 'again', IfMatch };
    const copy = await handlers.CopyDistribution!({ ...asked, Staging: true }, call);
    expect(copy.Distribution!.DistributionConfig).toMatchObject({
      Staging: true,
      Aliases: { Quantity: 0 },
      ContinuousDeploymentPolicyId: '',
    });
    expect(refusal(() => handlers.CopyDistribution!({ ...asked, Staging: false }, call))).toBe('400 InvalidArgument');
    expect((await get(stagingId)).Distribution!.DistributionConfig!.Staging).toBe(true);
  });
});

describe('promotion', () => {
  test('copies the staging configuration, keeps what is the primary’s own, and disables the policy', async () => {
    const plane = await deployed();
    const { handlers, primaryId, stagingId, policyId, update, attach, get, getPolicy } = plane;
    await update(stagingId, { Comment: 'next', DefaultRootObject: 'next.html' });
    await attach();
    const [primary, staging] = [await get(primaryId), await get(stagingId)];
    const promote = (IfMatch: string, StagingDistributionId: string | undefined = stagingId) =>
      handlers.UpdateDistributionWithStagingConfig!({ Id: primaryId, StagingDistributionId, IfMatch }, call);
    expect(refusal(() => promote(`${primary.ETag}`))).toBe('400 InvalidIfMatchVersion');
    expect(refusal(() => promote(`${staging.ETag}, ${primary.ETag}`))).toBe('400 InvalidIfMatchVersion');
    expect(refusal(() => promote(`${primary.ETag}, ${staging.ETag}`, primaryId))).toBe('400 InvalidArgument');
    const promoted = await promote(`${primary.ETag}, ${staging.ETag}`);
    expect(promoted.Distribution!.DistributionConfig).toMatchObject({
      CallerReference: 'ref-1',
      Staging: false,
      Comment: 'next',
      DefaultRootObject: 'next.html',
      ContinuousDeploymentPolicyId: policyId,
    });
    expect((await getPolicy()).ContinuousDeploymentPolicy!.ContinuousDeploymentPolicyConfig!.Enabled).toBe(false);
    expect(refusal(() => promote(`${primary.ETag}, ${staging.ETag}`))).toBe('412 PreconditionFailed');
    await plane.settled();
    const sent = plane.snapshots.at(-1)!.distributions.find(({ id }) => id === primaryId)!;
    expect([sent.defaultRootObject, sent.continuousDeployment]).toEqual(['next.html', undefined as never]);
  });
});
