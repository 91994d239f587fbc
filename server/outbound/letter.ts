/** Pure: the e-mail of a message, as text and as plain HTML. */
import type { Message } from './channel.ts';

const words = {
  'zh-CN': {
    open: '打开查看',
    foot: '这是管家系统自动发送的邮件，请勿直接回复。您可以在“我的”里选择接收哪些通知。',
  },
  en: {
    open: 'Open',
    foot: 'Guanjia sent this by itself; nobody reads replies. You choose in your profile what you are sent.',
  },
};

type Letter = Pick<Message, 'subject' | 'text' | 'link' | 'language'>;

export function composeMail({ subject, text, link, language }: Letter): {
  subject: string;
  text: string;
  html: string;
} {
  const { open, foot } = words[language];
  const paragraphs = text.split(/\n{2,}/).map((part) => `<p>${escape(part).replaceAll('\n', '<br>')}</p>`);
  const button = `<p><a href="${escape(link)}" style="display:inline-block;padding:10px 18px;border-radius:8px;background:#0f766e;color:#fff;text-decoration:none">${open}</a></p>`;
  const body = [...paragraphs, button, `<p style="color:#64748b;font-size:12px">${foot}</p>`].join('\n');
  return {
    // A header is one line.
    subject: (subject ?? '').replaceAll(/\s+/g, ' ').trim(),
    text: `${text}\n\n${open}: ${link}\n\n--\n${foot}\n`,
    html: `<!doctype html><html lang="${language}"><body style="font:16px/1.6 system-ui,sans-serif;color:#0f172a;max-width:600px">\n${body}\n</body></html>`,
  };
}

function escape(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}
