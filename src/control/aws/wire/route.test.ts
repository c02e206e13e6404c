import { expect, test } from 'bun:test';
import cloudfrontFile from '../models/cloudfront.json' with { type: 'json' };
import s3File from '../models/s3.json' with { type: 'json' };
import { loadModel, type ModelFile } from './model.ts';
import { createRouter } from './route.ts';

const cloudfront = createRouter(loadModel(cloudfrontFile as unknown as ModelFile));
const s3 = createRouter(loadModel(s3File as unknown as ModelFile));
const COPY = new Headers({ 'x-amz-copy-source': 'bucket/key' });

/** `Operation label=value` or `none`. */
function routed(router: typeof s3, line: string, headers?: Headers): string {
  const [method = '', target = ''] = line.split(' ');
  const [path = '', query = ''] = target.split('?');
  const match = router(method, path, new URLSearchParams(query), headers);
  if (match === undefined) return 'none';
  return [match.operation.name, ...[...match.labels].map(([name, value]) => `${name}=${value}`)].join(' ');
}

test.each([
  ['POST /2020-05-31/distribution', 'CreateDistribution'],
  ['POST /2020-05-31/distribution/', 'CreateDistribution'],
  ['POST /2020-05-31/distribution?WithTags', 'CreateDistributionWithTags'],
  ['POST /2020-05-31/distribution?WithTags=', 'CreateDistributionWithTags'],
  ['GET /2020-05-31/distribution/E1', 'GetDistribution Id=E1'],
  ['GET /2020-05-31/distribution/E1/config', 'GetDistributionConfig Id=E1'],
  ['PUT /2020-05-31/distribution/E1/config', 'UpdateDistribution Id=E1'],
  ['GET /2020-05-31/distribution/E1/invalidation/I1', 'GetInvalidation DistributionId=E1 Id=I1'],
  ['POST /2020-05-31/tagging?Operation=Tag&Resource=a', 'TagResource'],
  ['POST /2020-05-31/tagging?Operation=Untag', 'UntagResource'],
  ['POST /2020-05-31/tagging?Operation=Other', 'none'],
  ['GET /2020-05-31/function/a%2Fb?Stage=LIVE', 'GetFunction Name=a/b'],
  ['GET /2020-05-31/function/a/b', 'none'],
  ['GET /2020-05-31/distribution//config', 'none'],
  ['PATCH /2020-05-31/distribution', 'none'],
  ['GET /2014-01-01/distribution', 'none'],
])('cloudfront: %s', (line, want) => {
  expect(routed(cloudfront, line)).toBe(want);
});

test.each([
  ['GET /', undefined, 'ListBuckets'],
  ['GET /?list-type=2&prefix=a', undefined, 'ListObjectsV2'],
  ['GET /?policy', undefined, 'GetBucketPolicy'],
  ['GET /a//../b/', undefined, 'GetObject Key=a//../b/'],
  ['GET //a', undefined, 'GetObject Key=/a'],
  ['GET /a%2Fb%20c?x-id=GetObject', undefined, 'GetObject Key=a/b c'],
  ['GET /a?uploadId=1', undefined, 'ListParts Key=a'],
  ['PUT /a', undefined, 'PutObject Key=a'],
  ['PUT /a', COPY, 'CopyObject Key=a'],
  ['PUT /a?partNumber=1&uploadId=2', undefined, 'UploadPart Key=a'],
  ['PUT /a?partNumber=1&uploadId=2', COPY, 'UploadPartCopy Key=a'],
  ['POST /a?uploads', undefined, 'CreateMultipartUpload Key=a'],
  ['POST /?delete', undefined, 'DeleteObjects'],
])('s3: %s %p', (line, headers, want) => {
  expect(routed(s3, line, headers)).toBe(want);
});

test('a label that does not decode is a fault', () => {
  expect(() => routed(cloudfront, 'GET /2020-05-31/distribution/%FF')).toThrow('not percent-encoded UTF-8');
});
