// What a person should know now, each with what can be done about it.
Component({
  properties: { notices: { type: Array, value: [] }, close: { type: String, value: "" } },
  methods: {
    dismiss(event: WechatMiniprogram.TouchEvent) {
      this.triggerEvent("dismiss", { name: event.currentTarget.dataset["name"] as string });
    },
  },
});
