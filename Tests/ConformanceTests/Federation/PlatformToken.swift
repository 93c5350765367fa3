import TesseraCore
import TesseraJOSE
import TesseraTestSupport

/// Tokens of platforms as they mint them, member by member.
enum PlatformToken {
  static let audience = "https://tessera.example"

  /// A projected service account token of Kubernetes 1.30.
  static func kubernetes(at now: Int64) -> TestAssertion {
    TestAssertion(
      header: [],
      claims: [
        ("aud", #"["\#(audience)"]"#), ("exp", "\(now + 3607)"), ("iat", "\(now)"),
        ("iss", #""https://kubernetes.default.svc.cluster.local""#), ("jti", uuid()),
        (
          "kubernetes.io",
          #"""
          {"namespace":"prod","node":{"name":"node-1","uid":"b8e1f1c4-0b5d-4c3c-a6c9-5e3f6ad1c002"},
          "pod":{"name":"api-7d9c6d5b8-x2x7q","uid":"5a0f4a8c-53b1-4c6d-8a51-77a1f6b7a001"},
          "serviceaccount":{"name":"api","uid":"0b9f3f0e-ff67-4a0c-bcb1-0c4f2e1c2003"},"warnafter":\#(now + 3000)}
          """#
        ),
        ("nbf", "\(now)"), ("sub", #""system:serviceaccount:prod:api""#),
      ]
    )
  }

  /// What `ACTIONS_ID_TOKEN_REQUEST_URL` answers to a job in an environment.
  static func gitHub(at now: Int64) -> TestAssertion {
    TestAssertion(
      header: [("typ", #""JWT""#), ("x5t", #""eBZ_cn3sXYAd0ch4THBKHIgOwOE""#)],
      claims: [
        ("actor", #""octocat""#), ("actor_id", #""583231""#), ("aud", #""\#(audience)""#),
        ("base_ref", #""""#),
        ("environment", #""production""#), ("environment_node_id", #""EN_kwDOA""#),
        ("event_name", #""push""#),
        ("exp", "\(now + 300)"), ("head_ref", #""""#), ("iat", "\(now)"),
        ("iss", #""https://token.actions.githubusercontent.com""#),
        ("job_workflow_ref", #""acme/app/.github/workflows/deploy.yml@refs/heads/main""#),
        ("job_workflow_sha", #""9d2f8c1b7a1e4d0f""#), ("jti", uuid()), ("nbf", "\(now - 600)"),
        ("ref", #""refs/heads/main""#), ("ref_protected", #""true""#), ("ref_type", #""branch""#),
        ("repository", #""acme/app""#), ("repository_id", #""74""#), ("repository_owner", #""acme""#),
        ("repository_owner_id", #""65""#), ("repository_visibility", #""private""#), ("run_attempt", #""2""#),
        ("run_id", #""10""#), ("run_number", #""10""#), ("runner_environment", #""github-hosted""#),
        ("sha", #""9d2f8c1b7a1e4d0f""#), ("sub", #""repo:acme/app:environment:production""#),
        ("workflow", #""deploy""#),
        ("workflow_ref", #""acme/app/.github/workflows/deploy.yml@refs/heads/main""#),
        ("workflow_sha", #""9d2f8c1b7a1e4d0f""#),
      ]
    )
  }

  /// What `id_tokens` gives a job of GitLab 17.
  static func gitLab(at now: Int64) -> TestAssertion {
    TestAssertion(
      header: [("typ", #""JWT""#)],
      claims: [
        ("namespace_id", #""72""#), ("namespace_path", #""acme/tools""#), ("project_id", #""20""#),
        ("project_path", #""acme/tools/app""#), ("user_id", #""1""#), ("user_login", #""root""#),
        ("user_email", #""root@example.com""#), ("user_access_level", #""owner""#), ("user_identities", "[]"),
        ("pipeline_id", #""574""#), ("pipeline_source", #""push""#), ("job_id", #""302""#),
        ("ref", #""main""#),
        ("ref_type", #""branch""#), ("ref_path", #""refs/heads/main""#), ("ref_protected", #""true""#),
        ("groups_direct", #"["acme/admins"]"#), ("environment", #""production""#),
        ("environment_protected", #""true""#), ("deployment_tier", #""production""#),
        ("environment_action", #""start""#), ("runner_id", "1"), ("runner_environment", #""self-hosted""#),
        ("sha", #""714a629c0b401fdce83e847fc9589983fc6f46bc""#), ("project_visibility", #""public""#),
        ("ci_config_ref_uri", #""gitlab.com/acme/tools/app//.gitlab-ci.yml@refs/heads/main""#),
        ("ci_config_sha", #""714a629c0b401fdce83e847fc9589983fc6f46bc""#), ("jti", uuid()), ("iat", "\(now)"),
        ("nbf", "\(now - 5)"), ("exp", "\(now + 3600)"), ("iss", #""https://gitlab.com""#),
        ("sub", #""project_path:acme/tools/app:ref_type:branch:ref:main""#), ("aud", #""\#(audience)""#),
      ]
    )
  }

  /// A JWT-SVID as SPIRE gives it out, which has no `iss` and no `jti`.
  static func svid(at now: Int64) -> TestAssertion {
    TestAssertion(
      header: [("typ", #""JWT""#)],
      claims: [
        ("aud", #"["\#(audience)"]"#), ("exp", "\(now + 300)"), ("iat", "\(now)"),
        ("sub", #""spiffe://example.org/ns/prod/sa/api""#),
      ]
    )
  }

  private static func uuid() -> String { #""\#(ClientID.random(using: .system).rawValue)""# }
}
