import { html, type Html } from '../kit/html.js';
import type { Delivery } from './delivery.js';

/** The newest are on the page; the rest is for the API. */
const shown = 200;

/** What was asked for, as the form shows it again. */
export interface ShownFilter {
  readonly alert?: string | undefined;
  readonly kind?: string | undefined;
  readonly status?: string | undefined;
}

/** @param deliveries oldest first */
export function deliveriesPage(deliveries: readonly Delivery[], filter: ShownFilter): Html {
  return html`${filterForm(filter)}
  ${deliveries.length === 0 ? html`<p>Nothing has been delivered.</p>` : table(deliveries)}`;
}

function filterForm(filter: ShownFilter): Html {
  return html`<form action="/" method="get">
    <label>Alert <input name="alert" value="${filter.alert ?? ''}" autocomplete="off" /></label>
    <label
      >Kind
      <select name="kind">
        ${options(['webhook', 'slack'], filter.kind)}
      </select></label
    >
    <label
      >Status
      <select name="status">
        ${options(['firing', 'resolved'], filter.status)}
      </select></label
    >
    <button>Show</button>
  </form>`;
}

function options(words: readonly string[], chosen: string | undefined): Html {
  const option = (word: string) =>
    word === chosen ? html`<option selected>${word}</option>` : html`<option>${word}</option>`;
  return html`<option value="">any</option>
    ${words.map(option)}`;
}

function table(deliveries: readonly Delivery[]): Html {
  const newest = deliveries.slice(-shown).reverse();
  return html`<table>
    <caption>
      ${newest.length} of ${deliveries.length} deliveries, newest first
    </caption>
    <thead>
      <tr>
        <th scope="col">Received</th>
        <th scope="col">Status</th>
        <th scope="col">Alerts</th>
        <th scope="col">Kind</th>
        <th scope="col">Receiver</th>
        <th scope="col">Content</th>
      </tr>
    </thead>
    <tbody>
      ${newest.map(row)}
    </tbody>
  </table>`;
}

function row(delivery: Delivery): Html {
  return html`<tr>
    <td><time datetime="${delivery.receivedAt}">${delivery.receivedAt}</time></td>
    <td>${delivery.status}</td>
    <td>${delivery.alerts.map(alert)}</td>
    <td>${delivery.kind}</td>
    <td>${delivery.receiver}</td>
    <td>
      <details>
        <summary>show</summary>
        <pre>${JSON.stringify(delivery.body, null, 1)}</pre>
      </details>
    </td>
  </tr> `;
}

function alert({ name, status, annotations }: Delivery['alerts'][number]): Html {
  const words = annotations['summary'] ?? annotations['message'] ?? annotations['description'];
  return html`<div>
    <a href="/runbooks/${encodeURIComponent(name)}">${name}</a> (${status})${words !== undefined && html` ${words}`}
  </div>`;
}
