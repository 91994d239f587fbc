/** What people do with a repair at their screens: owners on the phone, staff in the inbox. A repair is known by its place. */
import { drawPhoto } from '../server/demo/photos.ts';
import { openRow, press, sees, type Person } from './people.ts';

export interface Report {
  place: string;
  /** The words on the tile. */
  category: string;
  description: string;
  urgent?: boolean;
}

/** With a photo; ends on the page where the owner follows it. */
export async function report({ page }: Person, { place, category, description, urgent }: Report): Promise<void> {
  await page.getByRole('link', { name: /^报修/ }).click();
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles(await photo('tile'));
  await page.getByText(category).click();
  await page.getByLabel('问题描述').fill(description);
  await page.getByLabel('具体位置').fill(place);
  if (urgent === true) await page.getByText('紧急', { exact: true }).click();
  await page.getByRole('button', { name: '提交报修' }).click();
  await page.getByRole('link', { name: '查看进度' }).click();
}

/** To one technician, by name. */
export async function assign(person: Person, place: string, technician: string): Promise<void> {
  const { page } = person;
  await openRow(person, place);
  await page.getByText('指派', { exact: true }).click();
  await page.getByLabel('维修工').click();
  await page.getByRole('combobox', { name: /维修工/ }).fill(technician);
  await page.getByRole('option', { name: technician }).click();
  await press(person, '派单');
}

export async function act(person: Person, place: string, action: string): Promise<void> {
  await openRow(person, place);
  await press(person, action);
}

/** An act that wants a reason: the first press asks for it. */
export async function actBecause(person: Person, { place, action, reason }: Because): Promise<void> {
  await act(person, place, action);
  const bar = person.page.getByRole('form');
  await bar.getByRole('textbox').fill(reason);
  await bar.getByRole('button', { name: action, exact: true }).click();
}

interface Because {
  place: string;
  action: string;
  reason: string;
}

/** With a photo of the spot; the position would do as well. */
export async function comeTo(person: Person, place: string, { chargeable = false } = {}): Promise<void> {
  const { page } = person;
  await openRow(person, place);
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles(await photo('before'));
  if (chargeable) await page.getByRole('switch', { name: '收费维修' }).press('Space');
  await press(person, '已到场');
}

export async function finish(person: Person, place: string, record: string): Promise<void> {
  const { page } = person;
  await openRow(person, place);
  // The next task had opened by itself and may have the same fields.
  await sees(page.getByRole('heading', { name: place }));
  await page.getByLabel('维修记录').fill(record);
  await page.getByLabel('用时').fill('90');
  await press(person, '完成维修');
}

/** After a look at what was done. */
export async function accept({ page }: Person, record: string): Promise<void> {
  await page.getByRole('link', { name: '验收', exact: true }).click();
  await sees(page.getByText(record));
  await page.getByRole('button', { name: '验收通过' }).click();
}

export async function rate({ page }: Person): Promise<void> {
  await page.getByRole('link', { name: '评价', exact: true }).click();
  await page.getByRole('radio', { name: /5/ }).check({ force: true });
  await page.getByRole('button', { name: '提交评价' }).click();
  // Beside the title: the steps of the way are called done, too.
  await sees(page.getByRole('heading', { level: 2 }).locator('..').getByText('已完成'));
}

/** A file as a phone's camera makes them. */
export async function photo(name: string): Promise<{ name: string; mimeType: string; buffer: Buffer }> {
  return { name: `${name}.jpg`, mimeType: 'image/jpeg', buffer: await drawPhoto('wall') };
}
