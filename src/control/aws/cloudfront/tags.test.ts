import { expect, test } from 'bun:test';
import { call, controlPlane, refusal } from './control-plane.fixture.ts';

test('tags of a function are read and changed, without a new version', async () => {
  const { handlers } = controlPlane();
  const created = await handlers.CreateFunction!(
    {
      Name: 'rewrite_uri-2',
      FunctionConfig: { Comment: '', Runtime: 'cloudfront-js-2.0' },
      FunctionCode: Buffer.from('function handler(event) { return event.request; }'),
      Tags: { Items: [{ Key: 'team', Value: 'web' }] },
    },
    call,
  );
  const Resource = created.FunctionSummary!.FunctionMetadata!.FunctionARN;
  const tags = async () => (await handlers.ListTagsForResource!({ Resource }, call)).Tags!.Items;
  expect(await tags()).toEqual([{ Key: 'team', Value: 'web' }]);
  await handlers.TagResource!({ Resource, Tags: { Items: [{ Key: 'stage', Value: 'test' }] } }, call);
  await handlers.UntagResource!({ Resource, TagKeys: { Items: ['team'] } }, call);
  expect(await tags()).toEqual([{ Key: 'stage', Value: 'test' }]);
  expect((await handlers.DescribeFunction!({ Name: 'rewrite_uri-2' }, call)).ETag).toBe(created.ETag);
  expect(refusal(() => handlers.ListTagsForResource!({ Resource: `${Resource}x` }, call))).toBe('404 NoSuchResource');
});
