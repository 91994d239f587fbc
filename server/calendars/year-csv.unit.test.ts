import { describe, expect, it } from 'vitest';
import { missingYears } from './missing.ts';
import { parseYearCsv } from './year-csv.ts';

const name = (zh: string, en = zh) => ({ 'zh-CN': zh, en });

describe('the CSV of a year', () => {
  it('has days off and days worked instead, in any order of columns, in Chinese too', () => {
    const csv = [
      '\uFEFFname,kind,from,to,name_en',
      '元旦,holiday,2027-01-01,2027/1/3,New Year',
      '"春节, 含除夕",休,2027.2.5,2027-02-11,',
      '春节调休,班,2027-02-14,,"Worked ""instead"""',
      ',,,,',
      '连上两天,workday,2027-02-20,2027-02-21,',
    ].join('\r\n');

    expect(parseYearCsv(csv)).toEqual({
      problems: [],
      list: {
        holidays: [
          { name: name('元旦', 'New Year'), from: '2027-01-01', to: '2027-01-03' },
          { name: name('春节, 含除夕'), from: '2027-02-05', to: '2027-02-11' },
        ],
        worked: [
          { name: name('春节调休', 'Worked "instead"'), on: '2027-02-14' },
          { name: name('连上两天'), on: '2027-02-20' },
          { name: name('连上两天'), on: '2027-02-21' },
        ],
      },
    });
  });

  it('is told by line and column what is wrong', () => {
    const csv = 'kind,from,to,name\nfeast,2027-02-30,,\nholiday,2027-01-01,2027-13-01,New Year\n';

    expect(parseYearCsv(csv).problems.map(({ path, code }) => [path, code])).toEqual([
      ['/csv/2/kind', 'kind_unknown'],
      ['/csv/2/from', 'date_invalid'],
      ['/csv/2/name', 'required'],
      ['/csv/3/to', 'date_invalid'],
    ]);
  });

  it('needs its columns', () => {
    expect(parseYearCsv('date,name\n2027-01-01,x').problems.map(({ path }) => path)).toEqual([
      '/csv/1/kind',
      '/csv/1/from',
    ]);
    expect(parseYearCsv('').problems).toHaveLength(3);
  });
});

describe('a missing year', () => {
  const calendar = { keepsHolidays: true, years: { '2026': { holidays: [], worked: [] } } };

  it.each([
    ['2026-10-31T15:59:59Z', []],
    ['2026-10-31T16:00:00Z', [2027]],
    ['2026-12-31T16:00:00Z', [2027]],
    ['2027-11-05T00:00:00Z', [2027, 2028]],
  ])('at %s', (now, years) => {
    expect(missingYears(calendar, new Date(now))).toEqual(years);
    expect(missingYears({ ...calendar, keepsHolidays: false }, new Date(now))).toEqual([]);
  });
});
