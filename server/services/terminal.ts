/** What the person in front of the terminal reads: progress, the way out of a failure, the address and who can sign in. */
import { ConfigError, type Config, type Locale } from '../config.ts';
import { AppError } from '../errors.ts';
import { StartError, message, type Say } from './messages.ts';

/** `write` gets one line without its line end. */
export function createSay(locale: Locale, write: (line: string) => void): Say {
  return (key, params) => {
    write(message(locale, key, params));
  };
}

/** A sentence for what is understood; for the rest the stack, which is what helps with a bug. */
export function explain(error: unknown, locale: Locale): string {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof StartError) return message(locale, error.key, error.params);
  if (error instanceof AppError && error.code === 'database_newer_than_program') {
    return message(locale, 'database_newer', { migrations: String(error.params.migrations) });
  }
  if (error instanceof AppError) return `${error.code} ${JSON.stringify(error.params)}\n${error.stack ?? ''}`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}

export interface DemoAccounts {
  password: string;
  items: readonly { username: string; title: Record<Locale, string>; description: Record<Locale, string> }[];
}

export function describeAccounts({ password, items }: DemoAccounts, { locale }: Pick<Config, 'locale'>): string {
  const lines = items.map(
    ({ username, title, description }) => `  ${username.padEnd(12)}${title[locale]} · ${description[locale]}`,
  );
  return [message(locale, 'demo_accounts', { password }), ...lines].join('\n');
}
