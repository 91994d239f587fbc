/**
 * SMS by Aliyun's SendSms (2017-05-25): a template of the kind, filled with the values of the text. What the service says of the
 * message itself is final; limits, the network and the service's own faults may pass.
 */
import { randomUUID } from 'node:crypto';
import { canonicalQuery, signAcs3 } from './acs3.ts';
import { DeliveryError, type Channel, type Message } from './channel.ts';
import type { SmsSettings } from './settings.ts';

/** A value of a template is short (the service refuses longer ones), and may be no address. */
const longestValue = 35;
/** Kinds of refusal that the passing of time mends. */
const passing =
  /^(isv\.BUSINESS_LIMIT_CONTROL|isv\.DAY_LIMIT_CONTROL|isv\.MONTH_LIMIT_CONTROL|isv\.AMOUNT_NOT_ENOUGH|isv\.ACCOUNT_ABNORMAL|isv\.OUT_OF_SERVICE|isp\.|Throttling|ServiceUnavailable|InternalError|SignatureDoesNotMatch|InvalidAccessKeyId|Forbidden)/;

interface Answer {
  Code?: string;
  BizId?: string;
}

export function openSms(settings: SmsSettings): Channel {
  return {
    async send(message, signal) {
      const template =
        settings.templates.get(`${message.kind}.${message.language}`) ?? settings.templates.get(message.kind);
      if (template === undefined) throw new DeliveryError('sms_no_template', { isFinal: true });
      const { status, answer } = await call(settings, queryOf(message, { sign: settings.sign, template }), signal);
      if (status === 200 && answer.Code === 'OK') return answer.BizId ?? null;
      throw refusal(status, answer.Code);
    },
    close: () => Promise.resolve(),
  };
}

function queryOf(message: Message, { sign, template }: { sign: string; template: string }): Record<string, string> {
  return {
    PhoneNumbers: message.address.replaceAll(/[\s-]/g, ''),
    SignName: sign,
    TemplateCode: template,
    TemplateParam: JSON.stringify(valuesOf(message.params)),
    OutId: message.id,
  };
}

/** Only short texts are values; ids of people are nobody's business. */
function valuesOf(params: Record<string, unknown>): Record<string, string> {
  const known = Object.entries(params).filter(([, value]) => typeof value === 'string' || typeof value === 'number');
  return Object.fromEntries(
    known.map(([name, value]) => [name, Array.from(String(value)).slice(0, longestValue).join('')]),
  );
}

async function call(
  settings: SmsSettings,
  query: Record<string, string>,
  signal: AbortSignal,
): Promise<{ status: number; answer: Answer }> {
  const headers = signAcs3(
    {
      host: new URL(settings.endpoint).host,
      action: 'SendSms',
      version: '2017-05-25',
      query,
      date: new Date().toISOString().replace(/\.\d+Z$/, 'Z'),
      nonce: randomUUID(),
    },
    settings,
  );
  try {
    const url = `${settings.endpoint}/?${canonicalQuery(query)}`;
    const response = await fetch(url, { method: 'POST', headers, signal, redirect: 'error' });
    const text = await response.text();
    return { status: response.status, answer: parse(text) };
  } catch (error) {
    const code = error instanceof DOMException ? 'sms_timeout' : 'sms_unreachable';
    throw new DeliveryError(code, { isFinal: false });
  }
}

/** A proxy in between may answer anything. */
function parse(text: string): Answer {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function refusal(status: number, code: string | undefined): DeliveryError {
  if (code === undefined || !/^[\w.]{1,80}$/.test(code))
    return new DeliveryError(`sms_http_${status}`, { isFinal: false });
  return new DeliveryError(code, { isFinal: status < 500 && !passing.test(code) });
}
