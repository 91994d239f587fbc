/** The lines `npm start` prints, in both languages. `{name}` is replaced by a value. */
import type { Locale } from '../config.ts';

export const startTexts = {
  already_running: ['管家已经在运行：{address}', 'Guanjia is already running at {address}'],
  already_starting: ['管家正在启动（进程 {pid}）。', 'Guanjia is already starting (process {pid}).'],
  port_in_use: [
    '端口 {port} 已被别的程序占用。换一个端口：PORT={other} npm start，或先停掉占用它的程序。',
    'Port {port} is taken by another program. Take another one: PORT={other} npm start, or end that program first.',
  ],
  port_forbidden: [
    '当前用户不能使用端口 {port}（1024 以下的端口通常要特权）。换一个端口：PORT={other} npm start',
    'This user may not use port {port} (ports below 1024 usually need privileges). Take another one: PORT={other} npm start',
  ],
  host_unknown: [
    '本机没有地址 {host}：请检查 HOST 设置（默认 127.0.0.1）。',
    'This machine has no address {host}: check the setting HOST (127.0.0.1 by default).',
  ],
  orphan_ended: [
    '上次运行留下的 {what}（进程 {pid}）已结束。',
    'Ended {what} (process {pid}), left behind by the previous run.',
  ],
  orphan_adopted: [
    '接管上次运行留下的 {what}（进程 {pid}）。',
    'Took over {what} (process {pid}), left behind by the previous run.',
  ],
  postgres_init: ['正在建立数据库（仅第一次）…', 'Creating the database (first time only) …'],
  postgres_user: [
    '以 root 运行：Postgres 改用系统用户 {user}。',
    'Running as root: Postgres runs as the system user {user}.',
  ],
  postgres_moved: [
    '系统用户 {user} 进不了 {from}，数据库放在 {to}。',
    'The system user {user} cannot reach {from}, so the database lives in {to}.',
  ],
  postgres_unreachable: [
    '数据库在 {folder}，但系统用户 {user} 现在进不了这个文件夹。请放开上级文件夹的进入权限（chmod o+x），再启动。',
    'The database is in {folder}, but the system user {user} can no longer reach that folder. Open its parent folders (chmod o+x) and start again.',
  ],
  postgres_no_user: [
    '以 root 运行时，Postgres 需要一个普通系统用户，但建立不了：{cause}。请用普通用户启动，或设置 DATABASE_URL 和 DATABASE_ADMIN_URL。',
    'As root, Postgres needs an ordinary system user, and none could be made: {cause}. Start as an ordinary user, or set DATABASE_URL and DATABASE_ADMIN_URL.',
  ],
  postgres_no_binaries: [
    '没有适合本机（{platform}）的内置 Postgres。请自备 Postgres 18 以上，设置 DATABASE_URL 和 DATABASE_ADMIN_URL（见 docs/configuration.md）。',
    'There is no built-in Postgres for this machine ({platform}). Bring Postgres 18 or newer and set DATABASE_URL and DATABASE_ADMIN_URL (see docs/configuration.md).',
  ],
  postgres_foreign: [
    '数据文件夹 {folder} 正被另一个 Postgres（进程 {pid}）使用，它不是管家这次记录的。请先结束它：kill -INT {pid}',
    'The data folder {folder} is in use by a Postgres (process {pid}) that Guanjia did not record. End it first: kill -INT {pid}',
  ],
  postgres_init_failed: [
    '数据库建不起来（{folder}）：\n{cause}',
    'The database could not be created ({folder}):\n{cause}',
  ],
  postgres_failed: ['Postgres 启动失败，日志见 {log}：\n{tail}', 'Postgres did not start; its log is {log}:\n{tail}'],
  temporal_missing: [
    '找不到 Temporal。任选一种办法：\n  1. 安装 temporal 命令行程序并放进 PATH\n  2. 安装 Go 1.24 以上，再运行 npm start（会自动编译，约四分钟）\n  3. 把 temporal 程序放到 {cache}\n  4. 设置 TEMPORAL_ADDRESS，使用已有的 Temporal 服务\n已试过：{tried}',
    'Temporal was not found. Any of these helps:\n  1. install the temporal command line program and put it on the PATH\n  2. install Go 1.24 or newer and run npm start again (it builds Temporal, about four minutes)\n  3. put the program temporal at {cache}\n  4. set TEMPORAL_ADDRESS to a Temporal server you have\nTried: {tried}',
  ],
  temporal_download: ['正在下载 Temporal（仅第一次）…', 'Downloading Temporal (first time only) …'],
  temporal_build: [
    '正在用 Go 编译 Temporal（仅第一次，约四分钟）…',
    'Building Temporal with Go (first time only, about four minutes) …',
  ],
  temporal_build_progress: [
    '  还在编译 Temporal，已用 {seconds} 秒',
    '  still building Temporal, {seconds} seconds so far',
  ],
  temporal_failed: ['Temporal 启动失败，日志见 {log}：\n{tail}', 'Temporal did not start; its log is {log}:\n{tail}'],
  temporal_awaited: [
    '还连不上 Temporal（{address}），继续等待…',
    'Temporal ({address}) does not answer yet; waiting for it …',
  ],
  services_starting: ['正在启动 Postgres 和 Temporal…', 'Starting Postgres and Temporal …'],
  database_unreachable: [
    '连不上数据库：{cause}。请检查 {setting}。',
    'The database cannot be reached: {cause}. Check {setting}.',
  ],
  demo_in_production: [
    '这个数据库里装过演示数据，演示账号的密码是公开的：生产模式不能使用它。请换一个新建的空数据库（DATABASE_URL 和 DATABASE_ADMIN_URL）。',
    'This database holds the demo, whose accounts have a well-known password: production does not start on it. Give it a new, empty database (DATABASE_URL and DATABASE_ADMIN_URL).',
  ],
  role_unheld: [
    'DATABASE_URL 用的角色 {role} 不受行级安全约束（超级用户、BYPASSRLS 或表的所有者）。请改用 guanjia_app（见 docs/configuration.md）。',
    'The role {role} of DATABASE_URL is not held by row security (a superuser, BYPASSRLS, or the owner of the tables). Use guanjia_app (see docs/configuration.md).',
  ],
  database_newer: [
    '数据库已被更新版本的管家升级过（{migrations}）。请使用新版本，数据没有被改动。',
    'A newer Guanjia has migrated this database ({migrations}). Use that version; nothing was changed.',
  ],
  migrated: ['数据库结构已更新：{count} 步', 'Database migrated: {count} steps'],
  demo_loading: ['正在载入演示小区（仅第一次）…', 'Loading the demo community (first time only) …'],
  ui_build: ['正在构建界面（约半分钟）…', 'Building the user interface (about half a minute) …'],
  ui_build_failed: ['界面构建失败：\n{tail}', 'The user interface could not be built:\n{tail}'],
  ready: ['管家已就绪：{address}（{seconds} 秒）', 'Guanjia is ready at {address} ({seconds} s)'],
  worker_ready: ['管家的工作进程已就绪（{seconds} 秒）', 'The Guanjia worker is ready ({seconds} s)'],
  demo_accounts: ['演示账号（密码都是 {password}）：', 'Demo accounts (their password is {password}):'],
  stop_hint: ['按 Ctrl-C 停止。', 'Ctrl-C stops it.'],
  stopping: ['正在停止…', 'Stopping …'],
  stopped: ['已停止。', 'Stopped.'],
  service_died: [
    '{what} 意外退出，日志见 {log}。正在重新启动…',
    '{what} ended unexpectedly; its log is {log}. Starting it again …',
  ],
  reset_only_demo: [
    '只有演示模式可以重置：这里的数据不是演示数据，没有改动。',
    'Only a demo can be reset: this is not one, and nothing was changed.',
  ],
  reset_running: [
    '管家正在运行（进程 {pid}）。请先停止，再重置。',
    'Guanjia is running (process {pid}). Stop it before the reset.',
  ],
  reset_done: [
    '演示数据已清除。下次 npm start 会重新载入。',
    'The demo data is gone. The next npm start loads it anew.',
  ],
  checkpoint_progress: [
    '已续接 {done} / {total} 个办理中的事项',
    'Running cases that have continued: {done} of {total}',
  ],
  checkpoint_done: [
    '全部 {total} 个办理中的事项都已续接。',
    'Running cases that have continued: {total}, all of them.',
  ],
  checkpoint_left: [
    '还有 {left} 个事项没有续接（可能有活动正在进行）。稍后再执行一次即可接着做。其中：{cases}',
    'Cases that have not continued: {left} (an activity may be under way). Give the command again later; it goes on from here. Among them: {cases}',
  ],
  key_current: [
    '密钥 {id}：当前加密密钥，{cases} 个办理中的事项在用',
    'Key {id}: encrypts now; running cases that use it: {cases}',
  ],
  key_used: [
    '密钥 {id}：还不能撤下，{cases} 个办理中的事项在用',
    'Key {id}: must stay; running cases that use it: {cases}',
  ],
  key_waits: [
    '密钥 {id}：没有办理中的事项在用；已结束事项的保留期到 {at}，之后可以撤下',
    'Key {id}: no running case uses it; closed ones are kept until {at}, then it may be taken out',
  ],
  key_free: ['密钥 {id}：可以撤下', 'Key {id}: may be taken out'],
  key_missing: [
    '密钥 {id}：不在 GUANJIA_CODEC_KEYS 里，但 {cases} 个办理中的事项在用！请放回去',
    'Key {id}: is not in GUANJIA_CODEC_KEYS, yet running cases use it ({cases})! Put it back',
  ],
  backup_done: ['备份完成：{folder}（{megabytes} MB）', 'Backup done: {folder} ({megabytes} MB)'],
  backup_no_url: [
    '备份或恢复自备的 Postgres 需要 GUANJIA_BACKUP_URL（超级用户）。',
    'To back up or restore a Postgres you brought along, set GUANJIA_BACKUP_URL (a superuser).',
  ],
  restored: ['已恢复：{what}', 'Restored: {what}'],
  restore_done: [
    '恢复完成。启动之前先核对两边的数据：npm run reconcile -- --dry-run，再 npm run reconcile。',
    'Restore done. Before the start bring both stores together: npm run reconcile -- --dry-run, then npm run reconcile.',
  ],
  differs_unknown_to_temporal: [
    '{case}（{flow}）：这里办理中（第 {here} 步记录），Temporal 里没有 → 按日志重建',
    '{case} ({flow}): running here (rev {here}), unknown to Temporal → made again from its log',
  ],
  differs_unknown_here: [
    '{case}（{flow}）：Temporal 里有（第 {there} 步记录），这里没有它的登记 → 另存后在 Temporal 里结束',
    '{case} ({flow}): known to Temporal (rev {there}), without a record here → kept in a file and ended there',
  ],
  differs_running_there: [
    '{case}（{flow}）：这里已办结（第 {here} 步记录），Temporal 里还在办理（第 {there} 步）→ 按日志办结',
    '{case} ({flow}): over here (rev {here}), still running in Temporal (rev {there}) → ended there as the log says',
  ],
  differs_postgres_behind: [
    '{case}（{flow}）：这里到第 {here} 步记录，Temporal 到第 {there} 步 → 从 Temporal 补回',
    '{case} ({flow}): rev {here} here, rev {there} in Temporal → brought up from Temporal',
  ],
  differs_temporal_behind: [
    '{case}（{flow}）：这里到第 {here} 步记录，Temporal 只到第 {there} 步 → 按日志重建',
    '{case} ({flow}): rev {here} here, only rev {there} in Temporal → made again from its log',
  ],
  differs_diverged: [
    '{case}（{flow}）：两边恢复后各自走了不同的路（这里 {here}，Temporal {there}）→ 以这里为准，另一边另存',
    '{case} ({flow}): both went on their own ways (rev {here} here, {there} in Temporal) → as here; the other way is kept in a file',
  ],
  reconcile_commands: [
    '  补回 {commands} 个操作：谁、何时、结论都在；附言和流程条件没有用到的字段已随旧数据库丢失',
    '  Acts that came back: {commands}. Who, when and the outcome; comments and fields that no condition mentions were lost with the database',
  ],
  reconcile_failed: ['  没有处理好：{cause}', '  Not healed: {cause}'],
  reconcile_kept: ['  已另存：{path}', '  Kept in {path}'],
  reconcile_workers: [
    '工作进程还在运行（或刚停不到一分半钟）。请先停止所有 api 和 worker，再核对。',
    'Workers run (or ended less than 90 seconds ago). Stop every api and worker first.',
  ],
  reconcile_done: [
    '核对了 {cases} 个事项：{differences} 处不同，{left} 处未处理，{pending} 个操作等待执行（启动后自动完成）。',
    'Cases compared: {cases}; different: {differences}, left: {left}; commands that wait and are driven after the start: {pending}.',
  ],
  account_made: [
    '账号 {username} 已建立（角色 {role}）。密码：{password}（只显示这一次，请登录后修改）',
    'Account {username} made (role {role}). Password: {password} (shown only now; change it after signing in)',
  ],
  account_exists: ['已有账号 {username}。', 'There is an account {username} already.'],
  account_role: ['没有角色 {role}。可以是：{roles}', 'There is no role {role}. One of: {roles}'],
  tool_alone: [
    '管家正在运行（进程 {pid}）。请先停止它，再执行这个命令。',
    'Guanjia is running (process {pid}). Stop it first, then give this command again.',
  ],
  tool_running: [
    '数据文件夹 {folder} 上没有管家在运行。请先启动它，或设置 DATABASE_URL、DATABASE_ADMIN_URL 和 TEMPORAL_ADDRESS。',
    'No Guanjia runs on the data folder {folder}. Start it first, or set DATABASE_URL, DATABASE_ADMIN_URL and TEMPORAL_ADDRESS.',
  ],
  tool_usage: ['用法：{usage}', 'Usage: {usage}'],
  tool_program: [
    '需要程序 {program}（Postgres {version} 以上的客户端），但运行不了：{cause}',
    'The program {program} (clients of Postgres {version} or newer) is needed and cannot be run: {cause}',
  ],
  tool_failed: ['{program} 失败：\n{tail}', '{program} failed:\n{tail}'],
  backup_broken: ['备份 {folder} 不完整或被改动过：{what}', 'The backup {folder} is incomplete or was changed: {what}'],
  restore_occupied: [
    '{what} 里已有数据。确定要替换它，请加上 --replace（旧数据会保留在旁边）。',
    '{what} holds data. To replace it give --replace as well (the old data is kept beside it).',
  ],
  restore_no_place: [
    '备份里的 {what} 来自另一种安装，不能恢复到这里：{cause}',
    'The part {what} of the backup is of another kind of installation and cannot be restored here: {cause}',
  ],
} as const satisfies Record<string, readonly [zh: string, en: string]>;

export type MessageKey = keyof typeof startTexts;
export type MessageParams = Record<string, string | number>;

/** Prints one line of progress. */
export type Say = (key: MessageKey, params?: MessageParams) => void;

export function message(locale: Locale, key: MessageKey, params: MessageParams = {}): string {
  const text = startTexts[key][locale === 'zh-CN' ? 0 : 1];
  return text.replaceAll(/\{(\w+)\}/g, (placeholder, name: string) => String(params[name] ?? placeholder));
}

/** Ends the start with a sentence for the person in front of the terminal, not with a stack. */
export class StartError extends Error {
  readonly key: MessageKey;
  readonly params: MessageParams;

  constructor(key: MessageKey, params: MessageParams = {}) {
    super(message('en', key, params));
    this.name = 'StartError';
    this.key = key;
    this.params = params;
  }
}
