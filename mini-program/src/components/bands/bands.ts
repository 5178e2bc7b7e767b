// Timelines as bands: each level is a stretch in its tone, with its pattern, its shape and its words where they fit.
Component({
  properties: { view: { type: Object, value: { bands: [], ticks: [], policies: [] } }, t: { type: Object, value: {} } },
  methods: {
    open(event: WechatMiniprogram.TouchEvent) {
      this.triggerEvent("open", { decision: event.currentTarget.dataset["decision"] as string });
    },
  },
});
