import Hummingbird

/// What Prometheus asks for. It names no client.
struct MetricRoutes {
  let sources: [any MetricSource]

  func add(to router: Router<ManagementContext>) {
    let sources = sources
    router.get("/metrics") { _, _ in
      var metrics: [Metric] = []
      for source in sources { metrics += await source.metrics() }
      return Response.text(PrometheusText(metrics).text, contentType: PrometheusText.contentType)
    }
  }
}
