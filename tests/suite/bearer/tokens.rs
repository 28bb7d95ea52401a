//! What a token of the provider must be.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::AlgorithmParameters;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::StatusCode;
use serde_json::{Value, json};

use super::issuer::{Issuer, Signing};
use super::{AUDIENCE, given_an_office, refusal};
use crate::{clients, office};

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_every_algorithm_that_is_taken_opens_the_api() {
    let keys = [
        Signing::rsa("rsa", 2048),
        Signing::p256("ec"),
        Signing::ed25519("ed"),
    ];
    let issuer = Issuer::serve(&keys.each_ref()).await;
    let office = given_an_office(&issuer.url).await;
    for key in &keys {
        office.opens(&key.sign(&issuer.claims(&json!({})))).await;
        let several = json!({"aud": ["account", AUDIENCE], "azp": "an-app"});
        office.opens(&key.sign(&issuer.claims(&several))).await;
    }
    assert_eq!(issuer.asked(), 1);
    let caller = keys[0].sign(&issuer.claims(&json!({"exp": 4_000_000_000_u64})));
    let caller = office.api.sign_in.bearer(&caller).await.expect("good");
    assert_eq!(caller.until, 4_000_000_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_wrong_with_a_token_the_answer_is_the_same() {
    let (good, stranger) = (Signing::rsa("rsa", 2048), Signing::rsa("rsa", 2048));
    let (ec, weak) = (Signing::p256("ec"), Signing::rsa("weak", 1024));
    let issuer = Issuer::serve(&[&good, &ec, &weak]).await;
    let office = given_an_office(&issuer.url).await;
    let now = jsonwebtoken::get_current_timestamp();
    let with = |changed: Value| good.sign(&issuer.claims(&changed));
    let mut bad = vec![
        ("another audience", with(json!({"aud": "account"}))),
        ("no audience", with(json!({"aud": null}))),
        (
            "another issuer",
            with(json!({"iss": "https://id.example.org"})),
        ),
        (
            "our own issuer's name",
            with(json!({"iss": "motcua/local"})),
        ),
        ("no issuer", with(json!({"iss": null}))),
        ("expired", with(json!({"exp": now - 60}))),
        ("no end", with(json!({"exp": null}))),
        ("not valid yet", with(json!({"nbf": now + 600}))),
        ("no subject", with(json!({"sub": null}))),
        ("a short modulus", weak.sign(&issuer.claims(&json!({})))),
        (
            "a stranger's key",
            stranger.sign(&issuer.claims(&json!({}))),
        ),
        (
            "a name that is not published",
            good.sign_as("x", &issuer.claims(&json!({}))),
        ),
        (
            "another key's name",
            good.sign_as("ec", &issuer.claims(&json!({}))),
        ),
        ("no token", "x".to_owned()),
        ("a service key of nobody", "motcua_sk_x".to_owned()),
    ];
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let token = with(json!({}));
    let [head, _, signature] = token.split('.').collect::<Vec<_>>()[..] else {
        panic!("a token has three parts");
    };
    let signer = part(&issuer.claims(&json!({"duty": "van-thu"})));
    bad.push(("tampered claims", format!("{head}.{signer}.{signature}")));
    bad.push(("no signature", format!("{head}.{signer}.")));
    for none in ["none", "None", "NONE"] {
        let head = part(&json!({"alg": none, "typ": "JWT", "kid": "rsa"}));
        bad.push(("unsigned", format!("{head}.{signer}.")));
    }
    // The public key as a shared secret, in every form in which somebody may have it.
    let AlgorithmParameters::RSA(rsa) = &good.public.algorithm else {
        panic!("an RSA key");
    };
    let modulus = URL_SAFE_NO_PAD.decode(&rsa.n).expect("base64url");
    let whole = serde_json::to_vec(&good.public).expect("JSON");
    for secret in [modulus.as_slice(), rsa.n.as_bytes(), &whole, b""] {
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some("rsa".into());
        let secret = EncodingKey::from_secret(secret);
        for iss in [issuer.url.as_str(), "motcua/local"] {
            let claims =
                issuer.claims(&json!({"iss": iss, "role": "receiver", "office": office::OFFICE}));
            let token = jsonwebtoken::encode(&header, &claims, &secret).expect("a token");
            bad.push(("a public key as a secret", token));
        }
    }
    office.opens(&token).await;
    let same = (
        StatusCode::UNAUTHORIZED,
        "UNAUTHENTICATED".to_owned(),
        "the token is not valid; sign in again".to_owned(),
    );
    for (what, token) in bad {
        let answer = office.ask(&token, super::WORKLIST).await;
        assert_eq!(refusal(answer), same, "{what}");
    }
    office.opens(&token).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_token_of_somebody_who_is_nobody_here_is_told_why() {
    let key = Signing::ed25519("ed");
    let issuer = Issuer::serve(&[&key]).await;
    let office = given_an_office(&issuer.url).await;
    for (changed, reason) in [
        (
            json!({"duty": ["tiep-nhan", "van-thu"]}),
            "SIGN_IN_ROLE_AMBIGUOUS",
        ),
        (json!({"duty": "fishing"}), "SIGN_IN_ROLE_UNKNOWN"),
        (json!({"unit": null}), "SIGN_IN_OFFICE_UNKNOWN"),
        (json!({"unit": "H99.99"}), "SIGN_IN_OFFICE_UNKNOWN"),
        (json!({"sub": "Nguyễn Văn A"}), "SIGN_IN_ID_UNFIT"),
    ] {
        let token = key.sign(&issuer.claims(&changed));
        let (status, body) = office.ask(&token, super::WORKLIST).await;
        assert_eq!(status, StatusCode::FORBIDDEN, "{body}");
        let extensions = &body["errors"][0]["extensions"];
        assert_eq!(extensions["code"], "FORBIDDEN");
        assert_eq!(extensions["reason"], reason);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_down_ends_no_token_whose_key_is_known() {
    let (known, new) = (Signing::p256("known"), Signing::p256("new"));
    let issuer = Issuer::serve(&[&known]).await;
    let office = given_an_office(&issuer.url).await;
    office.opens(&known.sign(&issuer.claims(&json!({})))).await;
    issuer.falls();
    let token = new.sign(&issuer.claims(&json!({})));
    let answer = office.ask(&token, super::WORKLIST).await;
    let (status, code, _) = refusal(answer);
    assert_eq!(
        (status, code.as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE")
    );
    office.opens(&known.sign(&issuer.claims(&json!({})))).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_citizen_finds_the_own_dossiers_and_no_number_gets_into_the_journal() {
    let key = Signing::ed25519("ed");
    let issuer = Issuer::serve(&[&key]).await;
    let office = given_an_office(&issuer.url).await;
    let number = "001099012345";
    let citizen = |subject: &str| {
        key.sign(&issuer.claims(&json!({"sub": subject, "duty": "cong-dan", "unit": null})))
    };
    let submit = "mutation($input: SubmitDossierInput!) { submitDossier(input: $input) { code position errors { code } } }";
    let mut codes = Vec::new();
    for name in ["000123", "000124", "000125"] {
        let input = json!({
            "commandId": office::id(), "procedure": office::PROCEDURE, "office": office::OFFICE,
            "applicant": {"fullName": format!("Công dân {name}")},
        });
        let (_, body) = office
            .ask_with(&citizen(number), submit, json!({ "input": input }))
            .await;
        let payload = &body["data"]["submitDossier"];
        assert_eq!(payload["errors"], json!([]), "{body}");
        codes.push(payload["code"].as_str().expect("a code").to_owned());
    }
    let mine = "query($first: Int, $after: String) { myDossiers(first: $first, after: $after) {
        edges { cursor node { code } } pageInfo { hasNextPage endCursor } } }";
    let (_, body) = office
        .ask_with(&citizen(number), mine, json!({"first": 2}))
        .await;
    let page = &body["data"]["myDossiers"];
    assert_eq!(
        page["edges"][0]["node"]["code"],
        codes[2].as_str(),
        "{body}"
    );
    assert_eq!(page["edges"][1]["node"]["code"], codes[1].as_str());
    assert_eq!(page["pageInfo"]["hasNextPage"], true);
    let after = json!({"first": 2, "after": page["pageInfo"]["endCursor"]});
    let (_, body) = office.ask_with(&citizen(number), mine, after).await;
    let page = &body["data"]["myDossiers"];
    assert_eq!(
        page["edges"][0]["node"]["code"],
        codes[0].as_str(),
        "{body}"
    );
    assert_eq!(page["pageInfo"]["hasNextPage"], false);
    let (_, body) = office.ask(&citizen("001099012346"), mine).await;
    assert_eq!(body["data"]["myDossiers"]["edges"], json!([]), "{body}");
    let receiver = key.sign(&issuer.claims(&json!({})));
    let (_, body) = office.ask(&receiver, mine).await;
    assert_eq!(
        body["errors"][0]["extensions"]["code"], "FORBIDDEN",
        "{body}"
    );
    let size = office.api.journal.head().await.expect("a head").size;
    let size = u32::try_from(size).expect("few");
    for entry in office.api.journal.read(0, size).await.expect("entries") {
        let text = String::from_utf8_lossy(&entry.body).into_owned();
        assert!(!text.contains(number), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_access_token_of_a_real_provider_opens_the_api_and_one_for_somebody_else_does_not() {
    let Some(folder) = clients::folder("oidc-provider") else {
        eprintln!("skipped: no Node, or its packages cannot be fetched");
        return;
    };
    let child = Command::new("node")
        .args(["provider.js", "http://127.0.0.1/sign-in/callback"])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let mut child = child.expect("node runs");
    let mut line = String::new();
    let output = child.stdout.take().expect("its output");
    BufReader::new(output).read_line(&mut line).expect("a line");
    let said: Value = serde_json::from_str(&line).expect("what it says");
    let issuer = said["issuer"].as_str().expect("an issuer");
    let office = given_an_office(issuer).await;
    let token = async |resource: &str| {
        let form = [
            ("grant_type", "client_credentials"),
            ("resource", resource),
            ("scope", "api"),
        ];
        let form = form
            .map(|(name, value)| format!("{name}={value}"))
            .join("&");
        let request = office.client.post(format!("{issuer}/token"));
        let request = request
            .basic_auth("roll-up-07", Some("roll-up-secret"))
            .header("content-type", "application/x-www-form-urlencoded");
        let answer = request.body(form).send().await.expect("an answer");
        let answer: Value = answer.json().await.expect("JSON");
        let token = answer["access_token"].as_str();
        token.unwrap_or_else(|| panic!("{answer}")).to_owned()
    };
    let good = token(AUDIENCE).await;
    office.opens(&good).await;
    let caller = office.api.sign_in.bearer(&good).await.expect("good");
    assert_eq!(caller.actor.id, "roll-up-07");
    let other = token("https://elsewhere.example.vn/api").await;
    let (status, code, _) = refusal(office.ask(&other, super::WORKLIST).await);
    assert_eq!(
        (status, code.as_str()),
        (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED")
    );
    child.kill().expect("it ends");
    child.wait().expect("it ended");
    office.opens(&good).await;
}
