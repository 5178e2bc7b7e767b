import { definePage } from "../../lib/page";
definePage({ texts: "services", view: () => ({}) });
