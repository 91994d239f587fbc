// A picture for a choice, by words in its code; a wrench for what none fits. Only an ornament: the word stands below it.
import AirVent from '@lucide/svelte/icons/air-vent';
import ArrowUpDown from '@lucide/svelte/icons/arrow-up-down';
import BrickWall from '@lucide/svelte/icons/brick-wall';
import Bug from '@lucide/svelte/icons/bug';
import Cctv from '@lucide/svelte/icons/cctv';
import DoorOpen from '@lucide/svelte/icons/door-open';
import Droplets from '@lucide/svelte/icons/droplets';
import Ellipsis from '@lucide/svelte/icons/ellipsis';
import Flame from '@lucide/svelte/icons/flame';
import KeyRound from '@lucide/svelte/icons/key-round';
import Refrigerator from '@lucide/svelte/icons/refrigerator';
import Sofa from '@lucide/svelte/icons/sofa';
import SquareParking from '@lucide/svelte/icons/square-parking';
import Toilet from '@lucide/svelte/icons/toilet';
import Trash2 from '@lucide/svelte/icons/trash';
import Trees from '@lucide/svelte/icons/trees';
import Wifi from '@lucide/svelte/icons/wifi';
import Wrench from '@lucide/svelte/icons/wrench';
import Zap from '@lucide/svelte/icons/zap';

const byWord: [RegExp, typeof Wrench][] = [
  [/toilet|sanitary|bath|sewage|drain/i, Toilet],
  [/water|plumb|pipe|leak/i, Droplets],
  [/electr|power|light|socket/i, Zap],
  [/lift|elevator/i, ArrowUpDown],
  [/door|window/i, DoorOpen],
  [/lock|access|key/i, KeyRound],
  [/gas|heat|fire/i, Flame],
  [/air|hvac|vent/i, AirVent],
  [/appliance/i, Refrigerator],
  [/furniture/i, Sofa],
  [/wall|floor|civil|masonry|ceiling|roof/i, BrickWall],
  [/camera|security|monitor|intercom/i, Cctv],
  [/park/i, SquareParking],
  [/clean|waste|garbage/i, Trash2],
  [/green|garden|public|common/i, Trees],
  [/pest|bug/i, Bug],
  [/network|internet|weak|wifi/i, Wifi],
  [/other|else|misc/i, Ellipsis],
];

export function tileIcon(code: string): typeof Wrench {
  return byWord.find(([word]) => word.test(code))?.[1] ?? Wrench;
}
