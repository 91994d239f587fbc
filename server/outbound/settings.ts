/** Mail and SMS as the environment says them. Pure: config.ts hands over what it read. */

export interface MailSettings {
  /** smtp:// or smtps://, with user and password. */
  url: string;
  from: string;
  dkim: { domain: string; selector: string; keyFile: string } | null;
}
export interface SmsSettings {
  /** Origin without a trailing slash. */
  endpoint: string;
  keyId: string;
  secret: string;
  sign: string;
  /** Template code by kind, or by `kind.language`. */
  templates: ReadonlyMap<string, string>;
}
export interface OutboundSettings {
  mail: MailSettings | null;
  sms: SmsSettings | null;
}

export type OutboundName =
  | 'GUANJIA_SMTP_URL'
  | 'GUANJIA_MAIL_FROM'
  | 'GUANJIA_MAIL_DKIM'
  | 'GUANJIA_SMS_ENDPOINT'
  | 'GUANJIA_SMS_KEY_ID'
  | 'GUANJIA_SMS_SECRET'
  | 'GUANJIA_SMS_SIGN'
  | 'GUANJIA_SMS_TEMPLATES';
type Read = (name: OutboundName) => string | undefined;

/** Adds a sentence to `problems` for each thing that is wrong; none repeats a secret. */
export function readOutbound(text: Read, problems: string[]): OutboundSettings {
  return { mail: readMail(text, problems), sms: readSms(text, problems) };
}

function readMail(text: Read, problems: string[]): MailSettings | null {
  const [url, from] = [text('GUANJIA_SMTP_URL'), text('GUANJIA_MAIL_FROM')];
  if ((url === undefined) !== (from === undefined))
    problems.push('GUANJIA_SMTP_URL and GUANJIA_MAIL_FROM go together: set both or none');
  if (url === undefined || from === undefined) return null;
  if (!/^smtps?:$/.test(URL.parse(url)?.protocol ?? ''))
    problems.push('GUANJIA_SMTP_URL is not an address such as smtps://user:password@smtp.example.com:465');
  if (!/^[^<>]*<[^@\s<>]+@[^@\s<>]+>$|^[^@\s<>]+@[^@\s<>]+$/.test(from))
    problems.push('GUANJIA_MAIL_FROM is not a sender such as Guanjia <no-reply@example.com>');
  return { url, from, dkim: readDkim(text('GUANJIA_MAIL_DKIM'), problems) };
}

function readDkim(value: string | undefined, problems: string[]): MailSettings['dkim'] {
  if (value === undefined) return null;
  const [, domain, selector, keyFile] = /^([^\s:]+):([^\s:]+):(.+)$/.exec(value) ?? [];
  if (domain === undefined || selector === undefined || keyFile === undefined) {
    problems.push('GUANJIA_MAIL_DKIM is not domain:selector:file of the private key');
    return null;
  }
  return { domain, selector, keyFile };
}

function readSms(text: Read, problems: string[]): SmsSettings | null {
  const names = ['GUANJIA_SMS_KEY_ID', 'GUANJIA_SMS_SECRET', 'GUANJIA_SMS_SIGN', 'GUANJIA_SMS_TEMPLATES'] as const;
  const [keyId, secret, sign, templates] = names.map(text);
  const given = [keyId, secret, sign, templates].filter((value) => value !== undefined).length;
  if (given !== 0 && given !== names.length) problems.push(`${names.join(', ')} go together: set all or none`);
  if (keyId === undefined || secret === undefined || sign === undefined || templates === undefined) return null;
  const endpoint = (text('GUANJIA_SMS_ENDPOINT') ?? '').replace(/\/+$/, '');
  if (!/^https?:\/\/[^/?#\s]+$/.test(endpoint)) problems.push('GUANJIA_SMS_ENDPOINT is not an http(s) origin');
  return { endpoint, keyId, secret, sign, templates: readTemplates(templates, problems) };
}

function readTemplates(value: string, problems: string[]): ReadonlyMap<string, string> {
  const pairs = value.split(',').map((part) => part.trim().split('='));
  if (pairs.some(([kind, code]) => !/^[a-z][a-z0-9_]*(\.(zh-CN|en))?$/.test(kind ?? '') || !code))
    problems.push('GUANJIA_SMS_TEMPLATES is not kind=code,kind=code, such as urge=SMS_1,urge.en=SMS_2');
  return new Map(pairs.map(([kind = '', code = '']) => [kind, code]));
}
