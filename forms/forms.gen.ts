// Generated from forms/**/*.schema.json by `npm run gen`. Do not edit.

/**
 * Values of the built-in form types, as JSON has them. Empty fields are absent.
 */
export interface Forms {
  Building?: Building;
  Community?: Community;
  Department?: Department;
  Duty?: Duty;
  Employee?: Employee;
  Entrance?: Entrance;
  Holiday?: Holiday;
  Leave?: Leave;
  LeaveLedger?: LeaveLedger;
  LeaveType?: LeaveType;
  MassFault?: MassFault;
  Ownership?: Ownership;
  Party?: Party;
  Post?: Post;
  Repair?: Repair;
  Tenancy?: Tenancy;
  Unit?: Unit;
}
/**
 * A building of a community.
 */
export interface Building {
  /**
   * Code
   */
  code: string;
  /**
   * Name
   */
  name: string;
  /**
   * Built area, in m²
   */
  totalArea?: number;
  /**
   * Floors above ground
   */
  floorsAbove?: number;
  /**
   * Floors below ground
   */
  floorsBelow?: number;
}
/**
 * A residential or commercial community the company manages.
 */
export interface Community {
  /**
   * Code
   */
  code: string;
  /**
   * Name
   */
  name: string;
  /**
   * Address
   */
  address: string;
  /**
   * District code
   */
  districtCode?: string;
  /**
   * Time zone
   */
  timeZone: 'Asia/Shanghai' | 'Asia/Urumqi' | 'Asia/Hong_Kong' | 'Asia/Macau' | 'Asia/Singapore' | 'UTC';
  /**
   * Total built area, in m²
   */
  totalArea?: number;
  /**
   * Charging mode
   */
  chargingMode?: 'lumpSum' | 'commission';
  /**
   * Service phone
   */
  phone?: string;
  /**
   * Delivered on
   */
  deliveredOn?: string;
}
/**
 * A department of the company.
 */
export interface Department {
  /**
   * Code
   */
  code: string;
  /**
   * Name
   */
  name: string;
  /**
   * Parent department
   */
  parent?: string;
  /**
   * Head
   */
  head?: string;
  /**
   * Community
   */
  community?: string;
}
/**
 * A turn of duty: who is on call for a role, from when to when. The people rule onDuty reads it.
 */
export interface Duty {
  /**
   * On duty
   */
  person: string;
  /**
   * On duty as
   */
  role: 'technician' | 'dispatcher' | 'manager';
  /**
   * From
   */
  from: string;
  /**
   * To
   */
  to: string;
  /**
   * Note
   */
  note?: string;
}
/**
 * A person employed by the company.
 */
export interface Employee {
  /**
   * Staff number
   */
  number: string;
  /**
   * Name
   */
  name: string;
  /**
   * Gender
   */
  gender?: 'female' | 'male';
  /**
   * Mobile phone
   */
  phone?: string;
  /**
   * Work e-mail
   */
  email?: string;
  /**
   * Department
   */
  department?: string;
  /**
   * Post
   */
  post?: string;
  /**
   * Community
   */
  community?: string;
  /**
   * Skills
   */
  skills?: ('water' | 'electricity' | 'door' | 'wall' | 'appliance' | 'elevator' | 'public' | 'other')[];
  /**
   * Status
   */
  status: 'active' | 'left';
  /**
   * Hired on
   */
  hiredOn?: string;
  /**
   * Left on
   */
  leftOn?: string;
}
/**
 * An entrance (stairwell) of a building.
 */
export interface Entrance {
  /**
   * Building
   */
  building: string;
  /**
   * Code
   */
  code: string;
  /**
   * Built area, in m²
   */
  totalArea?: number;
  /**
   * Has an elevator
   */
  hasElevator?: boolean;
}
/**
 * A day that differs from its weekday: a public holiday, or a weekend day worked instead.
 */
export interface Holiday {
  /**
   * Date
   */
  date: string;
  /**
   * Kind
   */
  kind: 'holiday' | 'workday';
  /**
   * Name
   */
  name: string;
  /**
   * Source
   */
  source?: string;
  /**
   * Weekend
   */
  weekend?: boolean;
}
/**
 * A leave an employee asks for, with what was worked out when it was asked: days, balance, who stands in.
 */
export interface Leave {
  /**
   * Number
   */
  number?: string;
  /**
   * Applicant
   */
  applicant?: string;
  /**
   * Employee
   */
  employee?: string;
  /**
   * Line of approval
   */
  applicantRole?: 'staff' | 'hr' | 'director';
  /**
   * Leave type
   */
  leaveType: string;
  /**
   * From
   */
  fromDate: string;
  /**
   * Beginning in the
   */
  fromHalf?: 'am' | 'pm';
  /**
   * To
   */
  toDate: string;
  /**
   * Ending with the
   */
  toHalf?: 'am' | 'pm';
  /**
   * Days, in d
   */
  days?: number;
  /**
   * Balance, in d
   */
  balance?: number;
  /**
   * Year
   */
  year?: number;
  /**
   * Reason
   */
  reason: string;
  /**
   * Proof
   */
  proof?: string[];
  /**
   * Cover
   */
  cover: string;
  /**
   * Handover
   */
  handover?: string;
  /**
   * Decision
   */
  result?: 'pending' | 'approved' | 'rejected' | 'cancelled';
  /**
   * Ended on
   */
  endsOn?: string;
  /**
   * Back at work on
   */
  returnedOn?: string;
  /**
   * Days not taken, in d
   */
  unusedDays?: number;
  /**
   * Days overstayed, in d
   */
  overstayDays?: number;
  /**
   * About the overstay
   */
  overstayNote?: string;
}
/**
 * One entry of the leave ledger. The balance of an employee, a leave type and a year is the sum of its days; corrections are entries too.
 */
export interface LeaveLedger {
  /**
   * Employee
   */
  employee: string;
  /**
   * Leave type
   */
  leaveType: string;
  /**
   * Year
   */
  year: number;
  /**
   * Kind
   */
  kind: 'grant' | 'use' | 'reverse' | 'adjust';
  /**
   * Days, in d
   */
  days: number;
  /**
   * Leave
   */
  leaveNumber?: string;
  /**
   * Note
   */
  note?: string;
}
/**
 * A kind of leave and its rules: whether it is paid, counted against a balance, how long, with what proof.
 */
export interface LeaveType {
  /**
   * Code
   */
  code: string;
  /**
   * Name
   */
  name: string;
  /**
   * Paid
   */
  paid: boolean;
  /**
   * Smallest unit
   */
  unit: 'day' | 'halfDay';
  /**
   * Against a balance
   */
  limited: boolean;
  /**
   * Counts days off
   */
  includesHolidays: boolean;
  /**
   * Longest at once, in d
   */
  maxDays?: number;
  /**
   * Proof beyond, in d
   */
  proofAfterDays?: number;
  /**
   * Carried into the next year
   */
  carry: boolean;
  /**
   * Basis
   */
  basis?: string;
}
/**
 * A fault that many people report at once: a burst main, a power cut. Repairs are linked to it instead of being dispatched one by one.
 */
export interface MassFault {
  /**
   * Fault
   */
  title: string;
  /**
   * Category
   */
  category: 'water' | 'electricity' | 'door' | 'wall' | 'appliance' | 'elevator' | 'public' | 'other';
  /**
   * Who is affected
   */
  scope: string;
  /**
   * Since
   */
  startedAt: string;
  /**
   * Expected end
   */
  expectedEnd?: string;
  /**
   * State
   */
  state: 'open' | 'closed';
  /**
   * Over since
   */
  closedAt?: string;
  /**
   * Cause and remedy
   */
  cause?: string;
}
/**
 * A party's share of a unit, for a half-open period.
 */
export interface Ownership {
  /**
   * Unit
   */
  unit: string;
  /**
   * Owner
   */
  party: string;
  /**
   * Share
   */
  share: number;
  /**
   * Gets the bills
   */
  billTo?: boolean;
  /**
   * From
   */
  fromDate: string;
  /**
   * Until
   */
  toDate?: string;
}
/**
 * An owner, tenant or other person or company from outside.
 */
export interface Party {
  /**
   * Name
   */
  name: string;
  /**
   * Kind
   */
  kind: 'person' | 'company';
  /**
   * Gender
   */
  gender?: 'female' | 'male';
  /**
   * Mobile phone
   */
  phone?: string;
  /**
   * Other phone
   */
  otherPhone?: string;
  /**
   * Identity number
   */
  idNumber?: string;
  /**
   * E-mail
   */
  email?: string;
  /**
   * Postal address
   */
  contactAddress?: string;
  /**
   * Note
   */
  note?: string;
}
/**
 * A post people are appointed to.
 */
export interface Post {
  /**
   * Code
   */
  code: string;
  /**
   * Name
   */
  name: string;
  /**
   * Duties
   */
  duties?: string;
}
/**
 * A repair reported by a resident or by staff.
 */
export interface Repair {
  /**
   * Number
   */
  number?: string;
  /**
   * Area
   */
  area: 'private' | 'public';
  /**
   * Unit
   */
  unit?: string;
  /**
   * Place
   */
  place?: string;
  /**
   * Category
   */
  category: 'water' | 'electricity' | 'door' | 'wall' | 'appliance' | 'elevator' | 'public' | 'other';
  /**
   * Urgency
   */
  urgency: 'normal' | 'urgent';
  /**
   * Description
   */
  description: string;
  /**
   * Contact
   */
  reporterName?: string;
  /**
   * Phone
   */
  phone?: string;
  /**
   * Address
   */
  address?: string;
  /**
   * Appointment
   */
  appointmentAt?: string;
  /**
   * Photos
   */
  photos?: string[];
  /**
   * Under warranty
   */
  warranty?: boolean;
  /**
   * Open ones alike, in in all
   */
  alikeOpen?: number;
  /**
   * May belong to
   */
  faultHint?: string;
  /**
   * Dispatch
   */
  dispatchMode?: 'assign' | 'pool' | 'rota';
  /**
   * Technician
   */
  technician?: string;
  /**
   * Dispatch note
   */
  dispatchNote?: string;
  /**
   * Chargeable
   */
  chargeable?: boolean;
  /**
   * Duplicate of
   */
  duplicateOf?: string;
  /**
   * Mass fault
   */
  massFault?: string;
  /**
   * Note on taking the job
   */
  acceptNote?: string;
  /**
   * Arrived at
   */
  arrivedAt?: string;
  /**
   * Position
   */
  arrivePosition?: {
    lng: number;
    lat: number;
    address?: string;
  };
  /**
   * Photos on the spot
   */
  arrivePhotos?: string[];
  /**
   * Quotation
   */
  quoteLines?: {
    id?: string;
    /**
     * Kind
     */
    kind: 'material' | 'labour';
    /**
     * What
     */
    name: string;
    /**
     * Quantity
     */
    quantity: number;
    /**
     * Unit
     */
    unit?: string;
    /**
     * Price, in yuan
     */
    price: number;
    /**
     * Amount, in yuan
     */
    amount?: number;
  }[];
  /**
   * Quoted in all, in yuan
   */
  quoteTotal?: number;
  /**
   * About the quotation
   */
  quoteNote?: string;
  /**
   * Agreed at
   */
  consentAt?: string;
  /**
   * Work record
   */
  workRecord?: string;
  /**
   * Material and labour used
   */
  workLines?: {
    id?: string;
    /**
     * Kind
     */
    kind: 'material' | 'labour';
    /**
     * What
     */
    name: string;
    /**
     * Quantity
     */
    quantity: number;
    /**
     * Unit
     */
    unit?: string;
    /**
     * Price, in yuan
     */
    price: number;
    /**
     * Amount, in yuan
     */
    amount?: number;
  }[];
  /**
   * Used in all, in yuan
   */
  workTotal?: number;
  /**
   * Photos of the work
   */
  workPhotos?: string[];
  /**
   * Time spent, in min
   */
  workMinutes?: number;
  /**
   * Rating
   */
  rating?: number;
  /**
   * Comment on the work
   */
  ratingNote?: string;
  /**
   * Return visit
   */
  visitRecord?: string;
}
/**
 * A party's lease of a unit, for a half-open period.
 */
export interface Tenancy {
  /**
   * Unit
   */
  unit: string;
  /**
   * Tenant
   */
  party: string;
  /**
   * From
   */
  fromDate: string;
  /**
   * Until
   */
  toDate?: string;
  /**
   * Tenant pays the fees
   */
  paysFees?: boolean;
  /**
   * Rent, in 元
   */
  rentAmount?: number;
}
/**
 * A flat, shop or other unit of a building.
 */
export interface Unit {
  /**
   * Building
   */
  building: string;
  /**
   * Entrance
   */
  entrance: string;
  /**
   * Number
   */
  number: string;
  /**
   * Floor
   */
  floor?: number;
  /**
   * Layout
   */
  layout?: string;
  /**
   * Built area, in m²
   */
  builtArea?: number;
  /**
   * Inner area, in m²
   */
  innerArea?: number;
  /**
   * Fee coefficient
   */
  feeCoefficient?: number;
  /**
   * Usage
   */
  usage: 'residence' | 'shop' | 'office' | 'dorm' | 'storage' | 'common';
  /**
   * Status
   */
  status: 'unsold' | 'sold' | 'delivered' | 'occupied' | 'vacant' | 'renovating' | 'let' | 'idle';
  /**
   * Delivered on
   */
  deliveredOn?: string;
  /**
   * Rent, in 元
   */
  rentAmount?: number;
}
