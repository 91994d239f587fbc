// The picture of a flow, by the name its definition gives; a plain sheet for names that are none of ours.
import CalendarDays from '@lucide/svelte/icons/calendar-days';
import ClipboardList from '@lucide/svelte/icons/clipboard-list';
import Footprints from '@lucide/svelte/icons/footprints';
import Hammer from '@lucide/svelte/icons/hammer';
import Megaphone from '@lucide/svelte/icons/megaphone';
import MessageSquareWarning from '@lucide/svelte/icons/message-square-warning';
import PackageCheck from '@lucide/svelte/icons/package-check';
import ReceiptText from '@lucide/svelte/icons/receipt-text';
import ShieldCheck from '@lucide/svelte/icons/shield-check';
import ShoppingCart from '@lucide/svelte/icons/shopping-cart';
import Truck from '@lucide/svelte/icons/truck';
import UserPlus from '@lucide/svelte/icons/user-plus';
import Wrench from '@lucide/svelte/icons/wrench';

const icons: Record<string, typeof Wrench> = {
  wrench: Wrench,
  hammer: Hammer,
  calendar: CalendarDays,
  'calendar-days': CalendarDays,
  leave: CalendarDays,
  'shopping-cart': ShoppingCart,
  cart: ShoppingCart,
  receipt: ReceiptText,
  'receipt-text': ReceiptText,
  money: ReceiptText,
  message: MessageSquareWarning,
  complaint: MessageSquareWarning,
  'message-square-warning': MessageSquareWarning,
  footprints: Footprints,
  patrol: Footprints,
  megaphone: Megaphone,
  truck: Truck,
  package: PackageCheck,
  shield: ShieldCheck,
  'user-plus': UserPlus,
};

export function flowIcon(name: string | null): typeof Wrench {
  return icons[name ?? ''] ?? ClipboardList;
}
