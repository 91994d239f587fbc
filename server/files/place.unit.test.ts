import { expect, it } from 'vitest';
import { problemOfPlace, readPlace } from './place.ts';

const key = { id: 'id', secret: 'secret' };

it('reads an address of a store of one’s own, and of Amazon', () => {
  expect(readPlace('s3://guanjia/a/b/?endpoint=http://minio:9000/&region=cn-1', key)).toEqual({
    bucket: 'guanjia',
    prefix: 'a/b/',
    endpoint: 'http://minio:9000',
    region: 'cn-1',
    virtualHost: false,
    keyId: 'id',
    secret: 'secret',
  });
  expect(readPlace('s3://guanjia?region=eu-west-1', key)).toMatchObject({
    endpoint: 'https://s3.eu-west-1.amazonaws.com',
    virtualHost: true,
    prefix: '',
  });
  expect(readPlace(undefined, key)).toBeUndefined();
});

it.each([
  ['https://bucket', 'is not an address'],
  ['s3://B', 'is not an address'],
  ['s3://me:secret@bucket', 'holds a key'],
  ['s3://bucket?endpoint=minio:9000', 'no http(s) origin'],
  ['s3://bucket?zone=1', 'unknown part "zone"'],
])('refuses %s', (value, sentence) => {
  expect(problemOfPlace(value)).toContain(sentence);
});
