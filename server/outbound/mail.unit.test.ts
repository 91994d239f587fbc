import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { afterEach, describe, expect, it } from 'vitest';
import type { Channel, Message } from './channel.ts';
import { openMail } from './mail.ts';

const ends: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0).reverse()) await end();
});

const message: Message = {
  id: '0199aaaa-0000-7000-8000-000000000001',
  kind: 'task_opened',
  address: 'lin@example.com',
  name: '林晓',
  language: 'zh-CN',
  subject: '【报修】WX-2026-0007 请您处理：验收，这是一个很长很长很长很长很长很长很长的主题',
  text: '您好，林晓：\n\n「3-2-1804 <厨房> 漏水」请您处理。',
  params: {},
  link: 'https://wuye.example.com/portal/cases/1',
};

/** A real SMTP server on this machine; gives where it is and what it was sent. */
async function serve(
  options: SMTPServerOptions = {},
): Promise<{ port: number; mails: string[]; rcpts: string[]; connections: () => number }> {
  const mails: string[] = [];
  const rcpts: string[] = [];
  let connections = 0;
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onConnect(_session, done) {
      connections++;
      done();
    },
    onRcptTo({ address }, _session, done) {
      rcpts.push(address);
      done();
    },
    onData(stream, _session, done) {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        mails.push(Buffer.concat(chunks).toString());
        done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  ends.push(
    () =>
      new Promise<void>((resolve) => {
        server.close(resolve);
      }),
  );
  return { port: (server.server.address() as AddressInfo).port, mails, rcpts, connections: () => connections };
}

function open(
  port: number,
  { account = '', dkim = null as { domain: string; selector: string; keyFile: string } | null, timeoutMs = 5000 } = {},
): Channel {
  const channel = openMail(
    { url: `smtp://${account}127.0.0.1:${port}`, from: '管家 <no-reply@example.com>', dkim },
    { timeoutMs },
  );
  ends.push(() => channel.close());
  return channel;
}
const send = (channel: Channel, given: Partial<Message> = {}): Promise<string | null> =>
  channel.send({ ...message, ...given }, AbortSignal.timeout(10_000));

/** Encoded words of RFC 2047 and quoted-printable or base64 bodies, read as a mail program does. */
function headerOf(mail: string, name: string): string {
  const line = new RegExp(`^${name}: ((?:.*\\r\\n(?:[ \\t].*\\r\\n)*))`, 'mi').exec(mail)?.[1] ?? '';
  const unfolded = line
    .replaceAll(/\?=\s+=\?/g, '?==?')
    .replaceAll(/\r\n\s*/g, ' ')
    .trim();
  return unfolded.replaceAll(/=\?UTF-8\?([BQ])\?([^?]*)\?=/gi, (_all, kind: string, text: string) =>
    kind.toUpperCase() === 'B'
      ? Buffer.from(text, 'base64').toString()
      : decodeURIComponent(text.replaceAll('_', ' ').replaceAll('%', '%25').replaceAll('=', '%')),
  );
}
function bodies(mail: string): string {
  const parts = mail.split(/\r\n--[^\r\n]+\r\n/).slice(1);
  return parts
    .map((part) => {
      const [head = '', ...rest] = part.split('\r\n\r\n');
      const body = rest.join('\r\n\r\n');
      if (/base64/i.test(head)) return Buffer.from(body, 'base64').toString();
      return Buffer.from(
        body
          .replaceAll('=\r\n', '')
          .replaceAll(/=([\dA-F]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16))),
        'latin1',
      ).toString();
    })
    .join('\n');
}

describe('mail', () => {
  it('arrives with a Chinese subject, as text and as HTML, under the id of its row', async () => {
    const { port, mails, rcpts } = await serve();
    const id = await send(open(port));
    const [mail] = mails;

    expect(rcpts).toEqual(['lin@example.com']);
    expect(headerOf(mail!, 'Subject')).toBe(message.subject);
    expect(headerOf(mail!, 'From')).toContain('管家');
    expect(headerOf(mail!, 'To')).toContain('林晓');
    expect(headerOf(mail!, 'Auto-Submitted')).toBe('auto-generated');
    expect(id).toBe(`<${message.id}@example.com>`);
    expect(headerOf(mail!, 'Message-ID')).toBe(id);
    // Nothing of it is longer than SMTP's lines, or in raw bytes.
    expect(mail!.split('\r\n').every((line) => line.length < 998 && /^[\x20-\x7e\t]*$/.test(line))).toBe(true);
    expect(bodies(mail!)).toContain('「3-2-1804 <厨房> 漏水」');
    expect(bodies(mail!)).toContain('「3-2-1804 &lt;厨房&gt; 漏水」');
    expect(bodies(mail!)).toContain('href="https://wuye.example.com/portal/cases/1"');
  });

  it('cannot be given further headers or receivers by a value', async () => {
    const { port, mails, rcpts } = await serve();
    await send(open(port), { subject: 'Hello\r\nBcc: evil@example.com\r\n\r\nbody', name: 'x>, <evil@example.com' });

    expect(rcpts).toEqual(['lin@example.com']);
    expect(mails[0]).not.toMatch(/^Bcc:/m);
    expect(headerOf(mails[0]!, 'Subject')).toBe('Hello Bcc: evil@example.com body');
  });

  it('goes to one address, whatever stands in it', async () => {
    const { port, rcpts } = await serve();
    await send(open(port), { address: 'lin@example.com, evil@example.com' }).catch(() => undefined);

    expect(rcpts).not.toContain('evil@example.com');
  });

  it('is signed with DKIM where a key is given', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'guanjia-dkim-'));
    ends.push(() => {
      rmSync(folder, { recursive: true });
    });
    const keyFile = join(folder, 'key.pem');
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
    const { port, mails } = await serve();
    await send(open(port, { dkim: { domain: 'example.com', selector: 'guanjia', keyFile } }));
    const signature = headerOf(mails[0]!, 'DKIM-Signature');

    expect(signature).toContain('d=example.com');
    expect(signature).toContain('s=guanjia');
    expect(signature.replaceAll(' ', '')).toMatch(/b=[\w+/]{300,}={0,2}$/);
  });

  it('signs in, and goes over one connection while there is more', async () => {
    const accounts: string[] = [];
    const { port, mails, connections } = await serve({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth({ username, password }, _session, done) {
        accounts.push(`${username}/${password}`);
        done(null, { user: username });
      },
    });
    const channel = open(port, { account: 'bot%40example.com:p%2Fw@' });
    for (let n = 0; n < 3; n++) await send(channel);

    expect(mails).toHaveLength(3);
    expect(connections()).toBe(1);
    expect(accounts).toEqual(['bot@example.com/p/w']);
  });
});

describe('a mail server that refuses', () => {
  const refusing = (responseCode: number): SMTPServerOptions => ({
    onRcptTo(_address, _session, done) {
      done(Object.assign(new Error('no'), { responseCode }));
    },
  });

  it('with 5xx has the last word', async () => {
    const { port } = await serve(refusing(550));
    await expect(send(open(port))).rejects.toMatchObject({ code: 'smtp_550', isFinal: true });
  });

  it('with 4xx is asked again', async () => {
    const { port } = await serve(refusing(451));
    await expect(send(open(port))).rejects.toMatchObject({ code: 'smtp_451', isFinal: false });
  });

  it('the password is asked again: a wrong setting is mended', async () => {
    const { port } = await serve({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth(_auth, _session, done) {
        done(Object.assign(new Error('no'), { responseCode: 535 }));
      },
    });
    await expect(send(open(port, { account: 'a:b@' }))).rejects.toMatchObject({ code: 'smtp_535', isFinal: false });
  });

  it('by silence or absence is asked again', async () => {
    const { port } = await serve({
      onMailFrom() {
        // Never answers.
      },
    });
    await expect(send(open(port, { timeoutMs: 300 }))).rejects.toMatchObject({
      code: expect.stringMatching(/^smtp_e/) as string,
      isFinal: false,
    });
    await expect(send(open(1))).rejects.toMatchObject({ isFinal: false });
  });

  it('by talking slowly is left when the time for one message is over', async () => {
    const { port } = await serve({
      onMailFrom() {
        // Never answers.
      },
    });
    const sending = open(port).send(message, AbortSignal.timeout(200));

    await expect(sending).rejects.toMatchObject({ code: 'smtp_timeout', isFinal: false });
  });
});
