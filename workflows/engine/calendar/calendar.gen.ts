// Generated from workflows/engine/calendar/calendar.schema.json by `npm run gen`. Do not edit.

/**
 * Time of day, as 09:00.
 */
export type Time = string;
/**
 * @maxItems 9
 */
export type Shifts = {
  from: Time;
  /**
   * Time of day, as 09:00.
   */
  to: string;
}[];
/**
 * Hours of a day that is worked instead of a day off; those of Monday when not given.
 *
 * @maxItems 9
 */
export type Shifts1 = {
  from: Time;
  /**
   * Time of day, as 09:00.
   */
  to: string;
}[];
export type Date = string;

/**
 * A working calendar: the hours of a week, and for each year the days off and the days worked instead (调休). Times of day are those of the community whose case is reckoned. A flow names it in `due.calendar`.
 */
export interface Calendar {
  $schema?: string;
  /**
   * Stable name, as flows say it.
   */
  key: string;
  title: Text;
  description?: Text;
  /**
   * Hours of each weekday in their order; none: no work on that day. A shift that ends at or before its beginning runs past midnight and belongs to the day it began on.
   */
  week: {
    mon: Shifts;
    tue: Shifts;
    wed: Shifts;
    thu: Shifts;
    fri: Shifts;
    sat: Shifts;
    sun: Shifts;
  };
  worked?: Shifts1;
  /**
   * False: work goes on also on public holidays; no list of them is needed, and a missing one is not warned of.
   */
  keepsHolidays: boolean;
  /**
   * The list of each year by its number.
   */
  years: {
    [k: string]: Year;
  };
}
export interface Text {
  'zh-CN': string;
  en: string;
}
export interface Year {
  /**
   * Where the list comes from.
   */
  source?: string;
  /**
   * Days off, from the first to the last of each, both included.
   *
   * @maxItems 100
   */
  holidays: {
    name: Text;
    from: Date;
    to: Date;
  }[];
  /**
   * Days worked instead of a day off.
   *
   * @maxItems 100
   */
  worked: {
    name: Text;
    on: Date;
  }[];
}
