/**
 * Every setting of Guanjia as data: name, kind, default and what it is for. `config.ts` reads the environment by this table,
 * and docs/configuration.md is held equal to it by a test. Texts are for the documentation, so they are English.
 */

export interface Setting {
  name: string;
  /** Shown in the documentation; what the value must look like. */
  kind:
    | 'text'
    | 'port'
    | 'count'
    | 'choice'
    | 'switch'
    | 'folder'
    | 'postgres url'
    | 'address'
    | 'keys'
    | 'proxies'
    | 'file store';
  /** The value when the variable is not set; undefined = see `purpose`. */
  default?: string;
  choices?: readonly string[];
  purpose: string;
  /** Must be set with GUANJIA_MODE=production. */
  inProduction?: 'required';
}

export const settings = [
  {
    name: 'GUANJIA_MODE',
    kind: 'choice',
    choices: ['demo', 'production'],
    default: 'demo',
    purpose:
      'demo: brings up its own services, loads the demo community and its well-known passwords, and therefore only listens on loopback. production: refuses all of that.',
  },
  { name: 'HOST', kind: 'text', default: '127.0.0.1', purpose: 'Address the server listens on.' },
  { name: 'PORT', kind: 'port', default: '3000', purpose: 'Port the server listens on; 0 takes a free one.' },
  {
    name: 'GUANJIA_PUBLIC_URL',
    kind: 'text',
    inProduction: 'required',
    purpose:
      'Origin people type into their browser, such as `https://wuye.example.com`; default: http://HOST:PORT. Requests that change something must come from it; without it, only from this machine.',
  },
  {
    name: 'GUANJIA_DATA_DIR',
    kind: 'folder',
    default: '.data',
    purpose: 'Where uploaded files, secrets, logs and the services that `npm start` brings up keep their data.',
  },
  {
    name: 'GUANJIA_FILES',
    kind: 'file store',
    purpose:
      'A store that speaks S3 for uploaded files: `s3://bucket/prefix?endpoint=https://host&region=name`, with `&virtualHost=true` where the bucket belongs before the host. Default: `files/` in the data folder.',
  },
  { name: 'GUANJIA_FILES_KEY_ID', kind: 'text', purpose: 'Access key of the file store; goes with GUANJIA_FILES.' },
  { name: 'GUANJIA_FILES_SECRET', kind: 'text', purpose: 'Its secret; goes with GUANJIA_FILES.' },
  {
    name: 'DATABASE_URL',
    kind: 'postgres url',
    inProduction: 'required',
    purpose: 'Postgres ≥ 18 as the role guanjia_app. Default: a Postgres of its own in the data folder.',
  },
  {
    name: 'DATABASE_ADMIN_URL',
    kind: 'postgres url',
    inProduction: 'required',
    purpose: 'The same database as the role guanjia_owner: migrations, and publishing form types as guanjia_publisher.',
  },
  {
    name: 'DATABASE_POOL_SIZE',
    kind: 'count',
    default: '10',
    purpose: 'Most connections one process opens as guanjia_app.',
  },
  {
    name: 'TEMPORAL_ADDRESS',
    kind: 'address',
    inProduction: 'required',
    purpose: 'host:port of Temporal. Default: a Temporal development server of its own, kept in the data folder.',
  },
  { name: 'TEMPORAL_NAMESPACE', kind: 'text', default: 'default', purpose: 'Namespace of the cases.' },
  { name: 'TEMPORAL_TASK_QUEUE', kind: 'text', default: 'guanjia', purpose: 'Task queue the workers listen on.' },
  {
    name: 'GUANJIA_CODEC_KEYS',
    kind: 'keys',
    inProduction: 'required',
    purpose:
      'Keys that encrypt what Temporal stores: `id:base64,…`, 32 bytes each (`openssl rand -base64 32`). The first encrypts, all decrypt. Default: one generated key in the data folder, mode 0600.',
  },
  {
    name: 'GUANJIA_BACKUP_URL',
    kind: 'postgres url',
    purpose:
      'Superuser of a Postgres you brought along, for `npm run backup` and `npm run restore` only: keep it from the api and the workers.',
  },
  {
    name: 'GUANJIA_BACKUP_DATABASES',
    kind: 'text',
    default: 'guanjia,temporal,temporal_visibility',
    purpose: 'Databases of that Postgres to back up; those that are not there are left out.',
  },
  {
    name: 'GUANJIA_BACKUP_KEEP_DAYS',
    kind: 'count',
    default: '30',
    purpose: 'Days that `npm run backup -- <folder> --nightly` keeps a backup; the newest always stays.',
  },
  {
    name: 'GUANJIA_LOG_LEVEL',
    kind: 'choice',
    choices: ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'],
    default: 'info',
    purpose: 'How much is logged. demo: to `logs/guanjia.log` in the data folder; production: to stdout, JSON lines.',
  },
  {
    name: 'GUANJIA_LOCALE',
    kind: 'choice',
    choices: ['zh-CN', 'en'],
    default: 'zh-CN',
    purpose:
      'Language of what `npm start` prints, and of people who have chosen none and whose browser asks for none there are texts in.',
  },
  {
    name: 'GUANJIA_TRUST_PROXY',
    kind: 'proxies',
    default: 'false',
    purpose:
      'Whose X-Forwarded-For tells the client address: how many reverse proxies stand in front (`1`), or their addresses (`10.0.0.0/8,fd00::/8`). Limits count by that address.',
  },
  {
    name: 'GUANJIA_COOKIE_SECURE',
    kind: 'switch',
    purpose: 'Send the session cookie over HTTPS only. Default: true in production, false in demo.',
  },
  {
    name: 'GUANJIA_UPLOAD_MB_A_DAY',
    kind: 'count',
    default: '500',
    purpose: 'Megabytes of photos one person may keep within 24 hours.',
  },
  {
    name: 'GUANJIA_METRICS_TOKEN',
    kind: 'text',
    purpose:
      'Who asks for /metrics from another machine sends it as `Authorization: Bearer …`; 16 characters at least. Default: only this machine may ask.',
  },
  {
    name: 'GUANJIA_SMTP_URL',
    kind: 'text',
    purpose:
      'Where e-mail leaves: `smtps://user:password@host:465`, or `smtp://…:587` with STARTTLS. Goes with GUANJIA_MAIL_FROM. Without it e-mail is kept as failed (not_configured) in the outbox. Never used in demo mode.',
  },
  {
    name: 'GUANJIA_MAIL_FROM',
    kind: 'text',
    purpose: 'Sender of e-mail, such as `物业服务中心 <no-reply@example.com>`.',
  },
  {
    name: 'GUANJIA_MAIL_DKIM',
    kind: 'text',
    purpose: 'Signs e-mail (DKIM): `domain:selector:file`, the file being the private key in PEM. Default: unsigned.',
  },
  {
    name: 'GUANJIA_SMS_ENDPOINT',
    kind: 'text',
    default: 'https://dysmsapi.aliyuncs.com',
    purpose: 'Origin of the SMS service, which speaks Aliyun’s SendSms (2017-05-25) signed with ACS3-HMAC-SHA256.',
  },
  {
    name: 'GUANJIA_SMS_KEY_ID',
    kind: 'text',
    purpose:
      'Access key of the SMS service; goes with the three below. Without them SMS are kept as failed (not_configured) in the outbox. Never used in demo mode.',
  },
  { name: 'GUANJIA_SMS_SECRET', kind: 'text', purpose: 'Its secret.' },
  {
    name: 'GUANJIA_SMS_SIGN',
    kind: 'text',
    purpose: 'The signature the service knows the sender by, such as 翡翠花园物业.',
  },
  {
    name: 'GUANJIA_SMS_TEMPLATES',
    kind: 'text',
    purpose:
      'Template code by kind of notification: `urge=SMS_1,urge.en=SMS_2,task_overdue=SMS_3`. The names a template may use are those of the texts in content/notices.',
  },
  {
    name: 'GUANJIA_CONNECTORS',
    kind: 'text',
    purpose:
      'A JSON file of what activities of flows may reach: `hosts` that http may call, `secrets` by name, `robots` of WeCom, DingTalk and Feishu groups. See docs/connectors.md. Default: nothing. Keep it readable to the server alone.',
  },
] as const satisfies readonly Setting[];

export type SettingName = (typeof settings)[number]['name'];
