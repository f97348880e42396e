// Sending a webhook again: as it was, twice, or an older one out of order.

import { get, post } from "./api.js";
import { toast, tried } from "./saying.js";
import { words } from "./sentences.js";
import { ofThisApp, session } from "./session.js";
import { secondsTime } from "./time.js";

/** The same bytes once more. */
export async function redeliver(delivery) {
  const done = await tried(() => post(ofThisApp("deliveries", delivery.id, "redeliver")));
  if (done) toast("Sent again");
}

/** Two more copies at once, as deliveries of their own. */
export async function duplicate(delivery) {
  const what = delivery.body ? { body: delivery.body } : { raw_base64: delivery.raw_base64 };
  const known = session.app.subscriptions.some((each) => each.id === delivery.subscription_id);
  const done = await tried(() =>
    post(ofThisApp("webhooks"), { ...what, to: known ? delivery.subscription_id : delivery.url, repeat: 2 }),
  );
  if (done) toast("Two copies are on their way");
}

/** The same user's last webhook of this kind before this one, at the same subscription, once more: out of order. */
export async function sendStale(delivery) {
  const done = await tried(async () => {
    const query = new URLSearchParams({
      kind: delivery.kind.split(":")[0],
      wa_id: delivery.wa_id ?? "",
      limit: "1000",
    });
    const before = await earlier(delivery, query);
    if (!before) throw new Error(`There is no earlier ${words(delivery.kind.split(":")[0])} of this user to send.`);
    return post(ofThisApp("deliveries", before.id, "redeliver"));
  });
  if (done) toast(`Sent again: ${words(done.kind)} of ${secondsTime(done.created_at)}`);
}

async function earlier(delivery, query) {
  let last = null;
  for (let after = null; ;) {
    if (after) query.set("after", after);
    const { deliveries, next } = await get(`${ofThisApp("deliveries")}?${query}`);
    for (const each of deliveries) {
      if (each.number < delivery.number && each.subscription_id === delivery.subscription_id) last = each;
    }
    if (!next) return last;
    after = next;
  }
}
