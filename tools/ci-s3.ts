/** Builds the S3 server that the tests of the file store run against, where Go is; without it those tests are skipped and say so. */
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { findS3Server, s3CacheFolder, s3Version } from '../server/testing/s3-server.ts';

const found = findS3Server();
if (found === undefined && process.env.CI === 'true') install();
else process.stdout.write(`S3 server: ${found ?? 'none; its tests are skipped'}\n`);

/** Never a failure of the run: a machine without Go or network still tests everything else. */
function install(): void {
  const folder = s3CacheFolder();
  mkdirSync(folder, { recursive: true });
  const target = `github.com/versity/versitygw/cmd/versitygw@${s3Version}`;
  const { status } = spawnSync('go', ['install', target], { env: { ...process.env, GOBIN: folder }, stdio: 'inherit' });
  process.stdout.write(`S3 server: ${status === 0 ? folder : 'could not be built; its tests are skipped'}\n`);
}
